using System.Numerics;

namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle (protocols 2 to 5) as a description of data. It executes nothing: classes and functions stay names, instances
/// become <see cref="PickleObject"/>, and a name that is not on the <see cref="PickleWhitelist"/> ends the reading.
/// </summary>
internal sealed class PickleReader(ReadOnlyMemory<byte> bytes)
{
    private const int HighestProtocol = 5;

    private readonly PickleInput _input = new(bytes);
    private readonly Dictionary<long, object?> _memo = [];
    private readonly PickleStack _stack = new();

    /// <exception cref="PickleFormatException">The pickle is damaged or holds a refused name.</exception>
    public object? Read()
    {
        while (true)
        {
            var at = _input.Position;
            var opcode = (PickleOpcode)_input.Byte();
            if (opcode == PickleOpcode.Stop)
            {
                return _stack.Pop();
            }

            if (!Literal(opcode) && !Container(opcode) && !Memo(opcode) && !Object(opcode))
            {
                throw new PickleFormatException($"Opcode 0x{(byte)opcode:x2} at byte {at} has no place in a checkpoint.");
            }
        }
    }

    private bool Literal(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: _stack.Push(null); break;
            case PickleOpcode.NewTrue: _stack.Push(true); break;
            case PickleOpcode.NewFalse: _stack.Push(false); break;
            case PickleOpcode.BinInt: _stack.Push((long)_input.Int32()); break;
            case PickleOpcode.BinInt1: _stack.Push((long)_input.Byte()); break;
            case PickleOpcode.BinInt2: _stack.Push((long)_input.UInt16()); break;
            case PickleOpcode.Long1: _stack.Push(Integer(_input.Take(_input.Byte()))); break;
            case PickleOpcode.Long4: _stack.Push(Integer(_input.Take(_input.Length32()))); break;
            case PickleOpcode.BinFloat: _stack.Push(_input.Double()); break;
            case PickleOpcode.ShortBinUnicode: _stack.Push(_input.Text(_input.Byte())); break;
            case PickleOpcode.BinUnicode: _stack.Push(_input.Text(_input.Length32())); break;
            case PickleOpcode.BinUnicode8: _stack.Push(_input.Text(_input.Length64())); break;
            case PickleOpcode.ShortBinString: _stack.Push(_input.Latin(_input.Byte())); break;
            case PickleOpcode.BinString: _stack.Push(_input.Latin(_input.Length32())); break;
            case PickleOpcode.ShortBinBytes: _stack.Push(_input.Take(_input.Byte()).ToArray()); break;
            case PickleOpcode.BinBytes: _stack.Push(_input.Take(_input.Length32()).ToArray()); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: _stack.Push(_input.Take(_input.Length64()).ToArray()); break;
            default: return false;
        }

        return true;
    }

    private bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: _stack.Mark(); break;
            case PickleOpcode.Pop: _stack.Pop(); break;
            case PickleOpcode.PopMark: _stack.PopToMark(); break;
            case PickleOpcode.Dup: _stack.Push(_stack.Peek()); break;
            case PickleOpcode.EmptyTuple: _stack.Push(new PickleTuple([])); break;
            case PickleOpcode.Tuple1: _stack.Push(new PickleTuple(_stack.Pop(1))); break;
            case PickleOpcode.Tuple2: _stack.Push(new PickleTuple(_stack.Pop(2))); break;
            case PickleOpcode.Tuple3: _stack.Push(new PickleTuple(_stack.Pop(3))); break;
            case PickleOpcode.Tuple: _stack.Push(new PickleTuple(_stack.PopToMark())); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: _stack.Push(new List<object?>()); break;
            case PickleOpcode.FrozenSet: _stack.Push(_stack.PopToMark().ToList()); break;
            case PickleOpcode.Append: AddItems(_stack.Pop(1)); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: AddItems(_stack.PopToMark()); break;
            case PickleOpcode.EmptyDict: _stack.Push(new PickleDictionary()); break;
            case PickleOpcode.SetItem: SetItems(_stack.Pop(2)); break;
            case PickleOpcode.SetItems: SetItems(_stack.PopToMark()); break;
            default: return false;
        }

        return true;
    }

    private bool Memo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinPut: _memo[_input.Byte()] = _stack.Peek(); break;
            case PickleOpcode.LongBinPut: _memo[_input.Length32()] = _stack.Peek(); break;
            case PickleOpcode.Memoize: _memo[_memo.Count] = _stack.Peek(); break;
            case PickleOpcode.BinGet: _stack.Push(Remembered(_input.Byte())); break;
            case PickleOpcode.LongBinGet: _stack.Push(Remembered(_input.Length32())); break;
            default: return false;
        }

        return true;
    }

    private bool Object(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                if (_input.Byte() is var protocol and > HighestProtocol)
                {
                    throw new PickleFormatException($"Pickle protocol {protocol} is not known (2 to {HighestProtocol} are).");
                }

                break;
            case PickleOpcode.Frame: _input.Length64(); break;
            case PickleOpcode.Global: _stack.Push(Global(_input.Line(), _input.Line())); break;
            case PickleOpcode.StackGlobal:
                var names = _stack.Pop(2);
                _stack.Push(Global(As<string>(names[0]), As<string>(names[1])));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj:
                var call = _stack.Pop(2);
                _stack.Push(Instance(As<PickleGlobal>(call[0]), As<PickleTuple>(call[1]).Items));
                break;
            case PickleOpcode.NewObjEx:
                var full = _stack.Pop(3);
                _stack.Push(Instance(As<PickleGlobal>(full[0]), As<PickleTuple>(full[1]).Items));
                break;
            case PickleOpcode.Build:
                var state = _stack.Pop();
                As<PickleObject>(_stack.Peek()).State = state;
                break;
            case PickleOpcode.BinPersId: _stack.Push(new PicklePersistentId(_stack.Pop())); break;
            default: return false;
        }

        return true;
    }

    private static PickleGlobal Global(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        return PickleWhitelist.Accepts(global)
            ? global
            : throw new PickleFormatException($"It names {global}, which is not data that a checkpoint may hold; the file is refused.");
    }

    private static PickleObject Instance(PickleGlobal factory, object?[] arguments)
    {
        // The oldest protocols describe an instance as made by a helper from its class.
        if (factory.Name == "_reconstructor" && arguments is [PickleGlobal actual, ..])
        {
            return new PickleObject(actual, []);
        }

        var made = new PickleObject(factory, arguments);
        if (factory.Name == "OrderedDict" && arguments is [List<object?> pairs])
        {
            foreach (var pair in pairs.OfType<List<object?>>().Where(pair => pair.Count == 2))
            {
                made.Items.Set(pair[0], pair[1]);
            }
        }

        return made;
    }

    private void AddItems(object?[] items)
    {
        // Sets are made from a list argument or filled by opcodes; what they are filled with does not matter for weights.
        if (_stack.Peek() is List<object?> list)
        {
            list.AddRange(items);
        }
        else
        {
            As<PickleObject>(_stack.Peek());
        }
    }

    private void SetItems(object?[] items)
    {
        var dictionary = _stack.Peek() as PickleDictionary ?? As<PickleObject>(_stack.Peek()).Items;
        if (items.Length % 2 != 0)
        {
            throw new PickleFormatException("A dictionary has a key without a value.");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Set(items[i], items[i + 1]);
        }
    }

    private object? Remembered(long key) =>
        _memo.TryGetValue(key, out var value) ? value : throw new PickleFormatException($"Memo entry {key} is used before it is set.");

    private static long Integer(ReadOnlySpan<byte> little)
    {
        var value = new BigInteger(little);
        return value >= long.MinValue && value <= long.MaxValue
            ? (long)value
            : throw new PickleFormatException($"An integer of {little.Length} bytes has no place in a checkpoint.");
    }

    private static T As<T>(object? value)
        where T : class =>
            value as T ?? throw new PickleFormatException($"A {typeof(T).Name} is expected where a {value?.GetType().Name ?? "None"} is.");
}
