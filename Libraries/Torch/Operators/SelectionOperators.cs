namespace QatPipeline.Torch.Operators;

/// <summary>Operators that pick elements by order, by indices or by coordinates.</summary>
internal static class SelectionOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("GatherElements", GatherElements);
        add("GatherND", GatherND);
        add("NonZero", call => call.Input(0).nonzero().t().contiguous().cpu());
        add("OneHot", OneHot);
        add("Trilu", Trilu);
        add("CumSum", CumSum);
        add("GridSample", GridSample);
    }

    // A stable sort, because of equal elements ONNX takes the ones that come first.
    public static Tensor[] TopK(OperatorCall call)
    {
        var axis = call.Node.Int("axis", -1);
        var count = call.OptionalLongs(1) is [var given] ? given : call.Node.Int("k", 1);
        var (values, indices) = call.Input(0).sort(axis, descending: call.Node.Int("largest", 1) != 0, stable: true);
        return [values.narrow(axis, 0, count), indices.narrow(axis, 0, count).cpu()];
    }

    /// <summary>Indices on the device of what they index, those from the end made positive.</summary>
    public static Tensor Indices(OperatorCall call, Tensor data, long size)
    {
        var indices = call.Beside(1, data);
        return where(indices < 0, indices + size, indices);
    }

    /// <summary>
    /// Indices [..., r] of the axes from <paramref name="batchAxes"/> on as positions in the data with these axes made one, and the sizes
    /// of that.
    /// </summary>
    public static (Tensor Positions, long[] Flat) Flatten(OperatorCall call, Tensor data, int batchAxes)
    {
        var indices = call.Beside(1, data);
        var depth = (int)indices.shape[^1];
        var sizes = data.shape[batchAxes..(batchAxes + depth)];
        var positions = zeros(indices.shape[..^1], dtype: ScalarType.Int64, device: data.device);
        for (var axis = 0; axis < depth; axis++)
        {
            var index = indices.select(-1, axis);
            positions = (positions * sizes[axis]) + where(index < 0, index + sizes[axis], index);
        }

        var count = sizes.Aggregate(1L, (product, size) => product * size);
        return (positions, [.. data.shape[..batchAxes], count, .. data.shape[(batchAxes + depth)..]]);
    }

    private static Tensor GatherElements(OperatorCall call)
    {
        var axis = call.Node.Int("axis", 0);
        var data = call.Input(0);
        return data.gather(axis, Indices(call, data, data.shape[axis < 0 ? axis + data.dim() : axis]));
    }

    private static Tensor GatherND(OperatorCall call)
    {
        var data = call.Input(0);
        var batchAxes = (int)call.Node.Int("batch_dims", 0);
        var (positions, flat) = Flatten(call, data, batchAxes);
        var batches = flat[..batchAxes].Aggregate(1L, (product, size) => product * size);
        var rows = data.reshape([batches * flat[batchAxes], .. flat[(batchAxes + 1)..]]);
        var starts = arange(batches, device: data.device) * flat[batchAxes];
        var picked = positions.reshape(batches, -1) + starts.reshape(-1, 1);
        return rows.index_select(0, picked.reshape(-1)).reshape([.. positions.shape, .. flat[(batchAxes + 1)..]]);
    }

    private static Tensor OneHot(OperatorCall call)
    {
        var depth = call.Longs(1)[0];
        var hot = nn.functional.one_hot(where(call.Input(0) < 0, call.Input(0) + depth, call.Input(0)).to(ScalarType.Int64), depth);
        var axis = call.Node.Int("axis", -1);
        var moved = hot.movedim([-1L], [axis]).to(ScalarType.Bool);
        var values = call.Input(2);
        return where(moved.to(values.device), values[1], values[0]);
    }

    private static Tensor Trilu(OperatorCall call)
    {
        var diagonal = call.OptionalLongs(1)?[0] ?? 0;
        return call.Node.Int("upper", 1) != 0 ? call.Input(0).triu(diagonal) : call.Input(0).tril(diagonal);
    }

    private static Tensor CumSum(OperatorCall call)
    {
        var axis = call.Longs(1)[0];
        var isReverse = call.Node.Int("reverse", 0) != 0;
        var input = isReverse ? call.Input(0).flip(axis) : call.Input(0);
        var sums = input.cumsum(axis);
        sums = call.Node.Int("exclusive", 0) != 0 ? sums - input : sums;
        return isReverse ? sums.flip(axis) : sums;
    }

    private static Tensor GridSample(OperatorCall call)
    {
        var mode = call.Node.String("mode", "linear") switch
        {
            "linear" or "bilinear" => GridSampleMode.Bilinear,
            "nearest" => GridSampleMode.Nearest,
            var other => throw call.Unsupported($"sampling mode {other}"),
        };
        var padding = call.Node.String("padding_mode", "zeros") switch
        {
            "border" => GridSamplePaddingMode.Border,
            "reflection" => GridSamplePaddingMode.Reflection,
            _ => GridSamplePaddingMode.Zeros,
        };
        return nn.functional.grid_sample(call.Input(0), call.Input(1), mode, padding, call.Node.Int("align_corners", 0) != 0);
    }
}
