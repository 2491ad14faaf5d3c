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
        add("ArgMax", call => call.Input(0).argmax(call.Node.Int("axis", 0), call.Node.Int("keepdims", 1) != 0).cpu());
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
