namespace QatPipeline.Torch.Operators;

/// <summary>Reductions over axes given as an attribute or, in newer operator sets, as an input.</summary>
internal static class ReductionOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("ReduceMean", call => Reduce(call, (input, axes, keep) => input.mean(axes, keep)));
        add("ReduceSum", call => Reduce(call, (input, axes, keep) => input.sum(axes, keep)));
        add("ReduceMax", call => Reduce(call, (input, axes, keep) => input.amax(axes, keep)));
        add("ReduceMin", call => Reduce(call, (input, axes, keep) => input.amin(axes, keep)));
        add("ReduceProd", call => Reduce(call, Product));
        add("ReduceL1", call => Reduce(call, (input, axes, keep) => input.abs().sum(axes, keep)));
        add("ReduceL2", call => Reduce(call, (input, axes, keep) => linalg.vector_norm(input, 2, axes, keep)));
        add("ReduceSumSquare", call => Reduce(call, (input, axes, keep) => input.square().sum(axes, keep)));
        add("ReduceLogSum", call => Reduce(call, (input, axes, keep) => input.sum(axes, keep).log()));
        add("ReduceLogSumExp", call => Reduce(call, LogSumExp));
        add("ArgMin", call => call.Input(0).argmin(call.Node.Int("axis", 0), call.Node.Int("keepdims", 1) != 0).cpu());
        add("ArgMax", call => call.Input(0).argmax(call.Node.Int("axis", 0), call.Node.Int("keepdims", 1) != 0).cpu());
    }

    private static Tensor Product(Tensor input, long[] axes, bool keep)
    {
        // LibTorch multiplies along one axis at a time: from the last, so that the others keep their places.
        var result = input;
        foreach (var axis in axes.Select(axis => axis < 0 ? axis + input.dim() : axis).OrderDescending())
        {
            result = result.prod(axis, keep);
        }

        return result;
    }

    private static Tensor LogSumExp(Tensor input, long[] axes, bool keep)
    {
        var largest = input.amax(axes, keepdim: true);
        var result = (input - largest).exp().sum(axes, keepdim: true).log() + largest;
        return keep ? result : result.reshape(input.amax(axes).shape);
    }

    private static Tensor Reduce(OperatorCall call, Func<Tensor, long[], bool, Tensor> reduce)
    {
        var axes = call.LongsOrAttribute(1, "axes");
        if (axes is null or [])
        {
            if (call.Node.Int("noop_with_empty_axes", 0) != 0)
            {
                return call.Input(0).alias();
            }

            axes = [.. Enumerable.Range(0, (int)call.Input(0).dim()).Select(axis => (long)axis)];
        }

        return reduce(call.Input(0), axes, call.Node.Int("keepdims", 1) != 0);
    }
}
