namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>The operand stack of a pickle, with marks.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _items = [];
    private readonly Stack<int> _marks = new();

    public void Push(object? value) => _items.Add(value);

    public void Mark() => _marks.Push(_items.Count);

    public object? Pop() => Pop(1)[0];

    public object? Peek() => _items[Depth(1)];

    public object?[] Pop(int count) => Cut(Depth(count));

    public object?[] PopToMark() => _marks.TryPop(out var mark) && mark <= _items.Count
        ? Cut(mark)
        : throw new PickleFormatException("An opcode needs a mark and there is none.");

    private int Depth(int count) => _items.Count >= count
        ? _items.Count - count
        : throw new PickleFormatException("An opcode needs more operands than there are.");

    private object?[] Cut(int from)
    {
        var cut = _items.GetRange(from, _items.Count - from).ToArray();
        _items.RemoveRange(from, cut.Length);
        return cut;
    }
}
