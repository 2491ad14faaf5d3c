using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference.Evaluation;

/// <summary>Constant evaluation of operators that move elements without changing them.</summary>
internal static class LayoutKernels
{
    public static Tensor[] Transpose(NodeContext context, Tensor[] inputs)
    {
        var strides = StridedCopy.StridesOf(inputs[0].Dimensions);
        long[] permuted = [.. LayoutRules.Permutation(context.Node, inputs[0].Rank).Select(axis => strides[axis])];
        return [StridedCopy.View(inputs[0], ShapeOf(context), 0, permuted)];
    }

    public static Tensor[]? Slice(NodeContext context, Tensor[] inputs)
    {
        var data = inputs[0];
        if (SliceParameters.Read(context, data.Rank) is not { } slices)
        {
            return null;
        }

        var strides = StridedCopy.StridesOf(data.Dimensions);
        var start = slices.Select((slice, axis) => slice.Resolve(data.Dimensions[axis]).First * strides[axis]).Sum();
        return [StridedCopy.View(data, ShapeOf(context), start, [.. slices.Select((slice, axis) => slice.Step * strides[axis])])];
    }

    public static Tensor[] Split(NodeContext context, Tensor[] inputs)
    {
        var axis = NodeContext.Axis(context.Node.Int("axis", 0), inputs[0].Rank);
        var strides = StridedCopy.StridesOf(inputs[0].Dimensions);
        var results = new Tensor[context.Outputs.Count];
        for (var (output, start) = (0, 0L); output < results.Length; output++)
        {
            var shape = ShapeOf(context, output);
            results[output] = StridedCopy.View(inputs[0], shape, start * strides[axis], strides);
            start += shape[axis];
        }

        return results;
    }

    public static Tensor[] Expand(NodeContext context, Tensor[] inputs) => [Broadcast(inputs[0], ShapeOf(context))];

    public static Tensor[] Tile(NodeContext context, Tensor[] inputs)
    {
        var (data, shape) = (inputs[0], ShapeOf(context));

        // Axis by axis [n·d] is [n, d] with the first stride 0.
        var strides = StridedCopy.StridesOf(data.Dimensions);
        long[] split =
            [.. shape.Zip(data.Dimensions, (whole, part) => new[] { part == 0 ? 0 : whole / part, part }).SelectMany(pair => pair)];
        long[] steps = [.. strides.SelectMany(stride => new[] { 0, stride })];
        return [StridedCopy.View(data, split, 0, steps).WithDimensions(shape)];
    }

    public static Tensor[] Concat(NodeContext context, Tensor[] inputs)
    {
        var shape = ShapeOf(context);
        var axis = NodeContext.Axis(context.Node.Int("axis", 0), shape.Length);
        var outer = shape.Take(axis).Aggregate(1L, (product, dimension) => product * dimension);
        using var buffer = new MemoryStream();
        for (var row = 0; row < outer; row++)
        {
            foreach (var input in inputs)
            {
                var block = (int)(input.Bytes.Length / outer);
                buffer.Write(input.Bytes.Slice(row * block, block));
            }
        }

        return [new Tensor(inputs[0].Type, shape, buffer.ToArray())];
    }

    public static Tensor[] Gather(NodeContext context, Tensor[] inputs)
    {
        var (data, indices) = (inputs[0], inputs[1].ToLongs());
        var axis = NodeContext.Axis(context.Node.Int("axis", 0), data.Rank);
        var block = (int)(data.RunLength(axis) * data.Type.SizeOf());
        var outer = data.Dimensions.Take(axis).Aggregate(1L, (product, dimension) => product * dimension);
        using var buffer = new MemoryStream();
        for (var row = 0L; row < outer; row++)
        {
            foreach (var index in indices)
            {
                var position = (row * data.Dimensions[axis]) + NodeContext.Axis(index, (int)data.Dimensions[axis]);
                buffer.Write(data.Bytes.Slice((int)position * block, block));
            }
        }

        return [new Tensor(data.Type, ShapeOf(context), buffer.ToArray())];
    }

    public static Tensor[] Where(NodeContext context, Tensor[] inputs)
    {
        var shape = ShapeOf(context);
        var (condition, yes, no) = (Broadcast(inputs[0], shape), Broadcast(inputs[1], shape), Broadcast(inputs[2], shape));
        var size = yes.Type.SizeOf();
        var result = no.Bytes.ToArray();
        for (var index = 0; index < condition.Bytes.Length; index++)
        {
            if (condition.Bytes[index] != 0)
            {
                yes.Bytes.Slice(index * size, size).CopyTo(result.AsSpan(index * size));
            }
        }

        return [new Tensor(yes.Type, shape, result)];
    }

    public static Tensor[] ConstantOfShape(NodeContext context, Tensor[] inputs)
    {
        var value = context.Node.Attributes.GetValueOrDefault("value") is TensorAttribute { Value: { Length: 1 } declared }
            ? declared
            : Tensor.Scalar(0f);
        return [Broadcast(value, ShapeOf(context))];
    }

    public static Tensor Broadcast(Tensor tensor, long[] shape) =>
        StridedCopy.View(tensor, shape, 0, StridedCopy.BroadcastStrides(tensor.Dimensions, shape));

    private static long[] ShapeOf(NodeContext context, int output = 0) => context.Outputs[output]!.StaticShape!;
}
