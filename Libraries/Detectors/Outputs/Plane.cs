namespace QatPipeline.Detectors.Outputs;

/// <summary>Channels of anchors in an output, however the output lays them out.</summary>
/// <param name="Values">The output of one image.</param>
/// <param name="Anchors">Number of anchors.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="AnchorStep">Values from an anchor to the next.</param>
/// <param name="ChannelStep">Values from a channel to the next.</param>
internal readonly record struct Plane(ReadOnlyMemory<float> Values, int Anchors, int Channels, int AnchorStep, int ChannelStep)
{
    // Where the first channel of the first anchor is; an output without anchors has none.
    private int Start { get; init; }

    /// <param name="tensor">[A,C], [C,A] or [C,h,w] of one image.</param>
    /// <param name="isTransposed">Whether channels come first.</param>
    public static Plane Of(OutputTensor tensor, bool isTransposed)
    {
        var (first, rest) = (tensor.Shape[0], tensor.Shape.Skip(1).Aggregate(1, (product, size) => product * size));
        return isTransposed || tensor.Shape.Count > 2
            ? new Plane(tensor.Values, rest, first, 1, rest)
            : new Plane(tensor.Values, first, rest, rest, 1);
    }

    public Plane SkipChannels(int count) => this with { Start = Start + (count * ChannelStep), Channels = Channels - count };

    public Plane TakeChannels(int count) => this with { Channels = count };

    public Plane Slice(int start, int count) => this with { Start = Start + (start * AnchorStep), Anchors = count };

    public Lane this[int anchor] => new(Values.Span[(Start + (anchor * AnchorStep))..], Channels, ChannelStep);
}

/// <summary>The channels of one anchor.</summary>
internal readonly ref struct Lane(ReadOnlySpan<float> values, int count, int step)
{
    private readonly ReadOnlySpan<float> _values = values;

    public int Count => count;

    public float this[int channel] => _values[channel * step];
}
