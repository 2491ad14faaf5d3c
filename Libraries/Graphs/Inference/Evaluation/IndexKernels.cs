using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference.Evaluation;

/// <summary>Constant evaluation of operators that read and write elements at indices.</summary>
internal static class IndexKernels
{
    public static Tensor[] GatherElements(NodeContext context, Tensor[] inputs)
    {
        var (data, indices) = (inputs[0], inputs[1].ToLongs());
        var axis = NodeContext.Axis(context.Node.Int("axis", 0), data.Rank);
        var strides = StridedCopy.StridesOf(data.Dimensions);
        var along = strides[axis];
        strides[axis] = 0;
        var shape = context.Outputs[0]!.StaticShape!;
        return
        [
            Pick(data, shape, StridedCopy.Positions(shape, 0, strides).Zip(
                indices, (start, index) => start + (NodeContext.Axis(index, (int)data.Dimensions[axis]) * along)), 1),
        ];
    }

    public static Tensor[]? GatherND(NodeContext context, Tensor[] inputs) => context.Node.Int("batch_dims", 0) == 0
        ? [Pick(inputs[0], context.Outputs[0]!.StaticShape!, Starts(inputs[0], inputs[1], out var block), block)]
        : null;

    public static Tensor[]? ScatterND(NodeContext context, Tensor[] inputs)
    {
        if (context.Node.String("reduction", "none") != "none")
        {
            return null;
        }

        var (data, updates) = (inputs[0], inputs[2]);
        var result = data.Bytes.ToArray();
        var starts = Starts(data, inputs[1], out var block).ToArray();
        var (size, bytes) = (data.Type.SizeOf(), (int)block * data.Type.SizeOf());
        if (updates.Type != data.Type || updates.Bytes.Length != starts.Length * bytes)
        {
            throw new GraphException($"{updates.Length} updates do not fit {starts.Length} indices of {block} elements.");
        }

        foreach (var (index, start) in starts.Index())
        {
            updates.Bytes.Slice(index * bytes, bytes).CopyTo(result.AsSpan((int)start * size));
        }

        return [new Tensor(data.Type, data.Dimensions, result)];
    }

    /// <summary>Where each row of indices [..., r] points, in elements, and how many elements from there are meant.</summary>
    private static IEnumerable<long> Starts(Tensor data, Tensor indices, out long block)
    {
        var depth = indices.Rank > 0 ? (int)indices.Dimensions[^1] : 0;
        if (depth < 1 || depth > data.Rank)
        {
            throw new GraphException($"Indices of {depth} axes do not fit a tensor of {data.Rank}.");
        }

        var strides = StridedCopy.StridesOf(data.Dimensions);
        block = strides[depth - 1];
        return indices.ToLongs().Chunk(depth).Select(
            row => row.Select((index, axis) => NodeContext.Axis(index, (int)data.Dimensions[axis]) * strides[axis]).Sum());
    }

    private static Tensor Pick(Tensor data, long[] shape, IEnumerable<long> starts, long block)
    {
        var (size, bytes) = (data.Type.SizeOf(), (int)block * data.Type.SizeOf());
        using var buffer = new MemoryStream();
        foreach (var start in starts)
        {
            buffer.Write(data.Bytes.Slice((int)start * size, bytes));
        }

        return new Tensor(data.Type, shape, buffer.ToArray());
    }
}
