namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>The slice of one axis: from start (inclusive) to end (exclusive) by step, negative ones counted from the end.</summary>
internal readonly record struct SliceParameters(long Start, long End, long Step)
{
    private static SliceParameters Everything => new(0, long.MaxValue, 1);

    private bool IsEverything => Start == 0 && End >= int.MaxValue && Step == 1;

    /// <summary>One element per axis, from the inputs starts, ends, axes and steps; null where they are not constant.</summary>
    /// <exception cref="GraphException">The inputs do not fit together, or a step is 0.</exception>
    public static SliceParameters[]? Read(NodeContext context, int rank)
    {
        if (context.KnownIntegers(1) is not { } starts || context.KnownIntegers(2) is not { } ends)
        {
            return null;
        }

        var axes = context.Has(3) ? context.KnownIntegers(3) : [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        var steps = context.Has(4) ? context.KnownIntegers(4) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (axes is null || steps is null)
        {
            return null;
        }

        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
        {
            throw new GraphException("Starts, ends, axes and steps of a Slice must have one length, and no step may be 0.");
        }

        var result = Enumerable.Repeat(Everything, rank).ToArray();
        for (var index = 0; index < axes.Length; index++)
        {
            result[NodeContext.Axis(axes[index], rank)] = new(starts[index], ends[index], steps[index]);
        }

        return result;
    }

    public Dimension LengthOf(Dimension dimension) =>
        dimension.Value is { } size ? Resolve(size).Count : IsEverything ? dimension : default;

    /// <summary>First index and number of elements on an axis of the given size.</summary>
    public (long First, long Count) Resolve(long size)
    {
        var start = Start < 0 ? Start + size : Start;
        var end = End < 0 && End > -int.MaxValue ? End + size : End;
        if (Step > 0)
        {
            (start, end) = (Math.Clamp(start, 0, size), Math.Clamp(end, 0, size));
            return (start, Math.Max(0, (end - start + Step - 1) / Step));
        }

        (start, end) = (Math.Clamp(start, -1, size - 1), Math.Clamp(end, -1, size - 1));
        return (start, Math.Max(0, (start - end - Step - 1) / -Step));
    }
}
