namespace QatPipeline.Torch.Operators;

/// <summary>ONNX padding of a windowed operator: the amounts at the begin and the end of every spatial axis.</summary>
internal sealed record Padding(long[] Begin, long[] End)
{
    public bool IsSymmetric => Begin.AsSpan().SequenceEqual(End);

    public bool IsZero => Begin.All(amount => amount == 0) && End.All(amount => amount == 0);

    /// <summary>Resolves <c>pads</c> and <c>auto_pad</c> for an input [N,C,spatial…].</summary>
    public static Padding Of(OperatorCall call, ReadOnlySpan<long> spatial, long[] kernel, long[] strides, long[] dilations)
    {
        var rank = kernel.Length;
        var mode = call.Node.String("auto_pad", "NOTSET");
        if (mode is "NOTSET" or "VALID" or "")
        {
            return mode != "VALID" && call.Node.Ints("pads") is { } pads
                ? new Padding([.. pads.Take(rank)], [.. pads.Skip(rank)])
                : new Padding(new long[rank], new long[rank]);
        }

        var (begin, end) = (new long[rank], new long[rank]);
        for (var axis = 0; axis < rank; axis++)
        {
            var outputs = (spatial[axis] + strides[axis] - 1) / strides[axis];
            var total = Math.Max(0, ((outputs - 1) * strides[axis]) + ((kernel[axis] - 1) * dilations[axis]) + 1 - spatial[axis]);
            var (small, large) = (total / 2, total - (total / 2));
            (begin[axis], end[axis]) = mode == "SAME_UPPER" ? (small, large) : (large, small);
        }

        return new Padding(begin, end);
    }

    /// <summary>The tensor with the padding made explicit, filled with <paramref name="value"/>.</summary>
    public Tensor Apply(Tensor input, double value) =>
        IsZero ? input.alias() : nn.functional.pad(input, TorchOrder(), PaddingModes.Constant, value);

    // TorchSharp takes (begin, end) pairs from the last axis to the first.
    private long[] TorchOrder()
    {
        var amounts = new long[2 * Begin.Length];
        for (var axis = 0; axis < Begin.Length; axis++)
        {
            amounts[2 * axis] = Begin[Begin.Length - 1 - axis];
            amounts[(2 * axis) + 1] = End[Begin.Length - 1 - axis];
        }

        return amounts;
    }
}
