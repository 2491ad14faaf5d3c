using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>Writes the few opcodes of pickle protocol 2 that a TorchScript archive needs.</summary>
internal sealed class PickleWriter
{
    private const byte Protocol = 0x80, NewObject = 0x81, NewFalse = 0x89;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public PickleWriter() => _bytes.Write((ReadOnlySpan<byte>)[Protocol, 2]);

    public PickleWriter EmptyTuple() => Code(')');

    /// <summary>An object of a class without constructor arguments, its state what is written in between.</summary>
    public PickleWriter Object(string module, string name, Action<PickleWriter> state)
    {
        Global(module, name).EmptyTuple().Code(NewObject);
        state(this);
        return Code('b');
    }

    public PickleWriter List(int count, Action<int> item)
    {
        Code(']').Code('(');
        for (var index = 0; index < count; index++)
        {
            item(index);
        }

        return Code('e');
    }

    /// <summary>A dense tensor whose elements lie in the archive's record <c>data/KEY</c>.</summary>
    public PickleWriter Tensor(Tensor tensor, string key)
    {
        var strides = tensor.Dimensions.Select((_, axis) => tensor.RunLength(axis));
        return Global("torch._utils", "_rebuild_tensor_v2").Code('(')
            .Code('(').Text("storage").Global("torch", StorageOf(tensor)).Text(key).Text("cpu").Number(tensor.Length).Code('t').Code('Q')
            .Number(0).Numbers(tensor.Dimensions).Numbers(strides).Code(NewFalse)
            .Global("collections", "OrderedDict").EmptyTuple().Code('R')
            .Code('t').Code('R');
    }

    public byte[] End()
    {
        Code('.');
        return _bytes.WrittenSpan.ToArray();
    }

    private static string StorageOf(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float => "FloatStorage",
        ElementType.Int8 => "CharStorage",
        ElementType.Int64 => "LongStorage",
        var type => throw new GraphException($"A tensor of type {type} has no place in a TorchScript archive."),
    };

    private PickleWriter Global(string module, string name)
    {
        Code('c');
        _bytes.Write<byte>(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
        return this;
    }

    private PickleWriter Text(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        Code('X');
        WriteInt(content.Length);
        _bytes.Write<byte>(content);
        return this;
    }

    private PickleWriter Number(long number)
    {
        Code('J');
        WriteInt(checked((int)number));
        return this;
    }

    private PickleWriter Numbers(IEnumerable<long> numbers)
    {
        Code('(');
        foreach (var number in numbers)
        {
            Number(number);
        }

        return Code('t');
    }

    private PickleWriter Code(char opcode) => Code((byte)opcode);

    private PickleWriter Code(byte opcode)
    {
        _bytes.Write((ReadOnlySpan<byte>)[opcode]);
        return this;
    }

    private void WriteInt(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.Write<byte>(bytes);
    }
}
