namespace QatPipeline.Torch.Operators;

/// <summary>Operators that take tensors apart and put them together along axes.</summary>
internal static class IndexingOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Concat", Concat);
        add("Slice", Slice);
        add("Gather", Gather);
        add("Tile", call => call.Input(0).tile(call.Longs(1)));
        add("Pad", Pad);
    }

    /// <summary>The only operator of the list with several outputs.</summary>
    public static Tensor[] Split(OperatorCall call)
    {
        var input = call.Input(0);
        var axis = call.Node.Int("axis", 0);
        if (call.LongsOrAttribute(1, "split") is { } sizes)
        {
            return input.split(sizes, axis);
        }

        var parts = (int)call.Node.Int("num_outputs", call.OutputCount);
        var size = (input.shape[axis < 0 ? axis + input.dim() : axis] + parts - 1) / parts;
        return input.split(size, (int)axis);
    }

    private static Tensor Concat(OperatorCall call)
    {
        var axis = call.Node.Int("axis", 0);
        var parts = Enumerable.Range(0, call.InputCount).Select(call.Input).ToArray();

        // A constant made for one image stands beside the values of every image of a larger batch.
        if (call.Context.IsRebatched && axis != 0 && axis != -parts[0].dim())
        {
            var batch = parts.Max(part => part.shape[0]);
            parts = [.. parts.Select(part => part.shape[0] == batch ? part : part.expand([batch, .. part.shape[1..]]))];
        }

        return cat(parts, axis);
    }

    private static Tensor Slice(OperatorCall call)
    {
        var input = call.Input(0);
        var starts = call.LongsOrAttribute(1, "starts") ?? throw call.Unsupported("a Slice without starts");
        var ends = call.LongsOrAttribute(2, "ends") ?? throw call.Unsupported("a Slice without ends");
        var axes = call.LongsOrAttribute(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        var steps = call.OptionalLongs(4) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        var result = input.alias();
        for (var index = 0; index < starts.Length; index++)
        {
            result = SliceAxis(result, axes[index], starts[index], ends[index], steps[index]);
        }

        return result;
    }

    private static Tensor SliceAxis(Tensor input, long axis, long start, long end, long step)
    {
        var size = input.shape[axis < 0 ? axis + input.dim() : axis];
        var first = start < 0 ? start + size : start;
        var last = end < 0 && end >= -size ? end + size : end;
        if (step > 0)
        {
            first = Math.Clamp(first, 0, size);
            return input.slice(axis, first, Math.Clamp(last, first, size), step);
        }

        // LibTorch has no negative steps: pick the elements from the back.
        var indices = new List<long>();
        for (var index = Math.Clamp(first, -1, size - 1); index > Math.Max(last, -1); index += step)
        {
            indices.Add(index);
        }

        return input.index_select(axis, tensor(indices.ToArray(), device: input.device));
    }

    private static Tensor Gather(OperatorCall call)
    {
        var input = call.Input(0);
        var axis = (int)call.Node.Int("axis", 0);
        axis = axis < 0 ? axis + (int)input.dim() : axis;
        var indices = call.Longs(1).Select(index => index < 0 ? index + input.shape[axis] : index).ToArray();
        long[] shape = [.. input.shape[..axis], .. call.Input(1).shape, .. input.shape[(axis + 1)..]];
        return input.index_select(axis, tensor(indices, device: input.device)).reshape(shape);
    }

    private static Tensor Pad(OperatorCall call)
    {
        var input = call.Input(0);
        var pads = call.LongsOrAttribute(1, "pads") ?? throw call.Unsupported("a Pad without pads");
        var rank = (int)input.dim();
        if (call.OptionalLongs(3) is { } axes)
        {
            var all = new long[2 * rank];
            foreach (var (index, axis) in axes.Select(axis => axis < 0 ? axis + rank : axis).Index())
            {
                (all[axis], all[axis + rank]) = (pads[index], pads[index + axes.Length]);
            }

            pads = all;
        }

        if (pads.Any(amount => amount < 0))
        {
            throw call.Unsupported("a Pad that cuts (negative pads)");
        }

        var amounts = new List<long>();
        for (var axis = rank - 1; axis >= 0; axis--)
        {
            amounts.AddRange([pads[axis], pads[axis + rank]]);
        }

        // Only the padded trailing axes are named: reflection exists for those alone.
        while (amounts.Count > 2 && amounts[^1] == 0 && amounts[^2] == 0)
        {
            amounts.RemoveRange(amounts.Count - 2, 2);
        }

        return call.Node.String("mode", "constant") switch
        {
            "constant" => nn.functional.pad(input, amounts.ToArray(), PaddingModes.Constant, call.Scalar(2, "value", 0)),
            "reflect" => nn.functional.pad(input, amounts.ToArray(), PaddingModes.Reflect),
            "edge" => nn.functional.pad(input, amounts.ToArray(), PaddingModes.Replicate),
            "wrap" => nn.functional.pad(input, amounts.ToArray(), PaddingModes.Circular),
            var mode => throw call.Unsupported($"padding mode {mode}"),
        };
    }
}
