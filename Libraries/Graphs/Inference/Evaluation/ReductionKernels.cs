using System.Numerics;
using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference.Evaluation;

/// <summary>Constant evaluation of reductions: the sums and products of shapes, the norms of weights.</summary>
internal static class ReductionKernels
{
    public static Tensor[]? Reduce(NodeContext context, Tensor[] inputs)
    {
        var result = inputs[0].Type switch
        {
            ElementType.Float => Reduce<float>(context, inputs[0]),
            ElementType.Int64 => Reduce<long>(context, inputs[0]),
            ElementType.Int32 => Reduce<int>(context, inputs[0]),
            _ => null,
        };
        return result is null ? null : [result];
    }

    private static Tensor? Reduce<T>(NodeContext context, Tensor data)
        where T : unmanaged, INumber<T>
    {
        var operation = context.Node.OpType;
        if (data.Length == 0 || (typeof(T) != typeof(float) && operation is "ReduceL2" or "ReduceMean"))
        {
            return null;
        }

        var axes = context.AttributeOrInput("axes", 1);
        if (axes is null or [])
        {
            if (context.Node.Int("noop_with_empty_axes", 0) != 0 || (axes is null && context.Has(1)))
            {
                return null;
            }

            axes = [.. Enumerable.Range(0, data.Rank).Select(axis => (long)axis)];
        }

        // The reduced axes last: what belongs together then lies together.
        var strides = StridedCopy.StridesOf(data.Dimensions);
        var reduced = axes.Select(axis => NodeContext.Axis(axis, data.Rank)).Distinct().ToArray();
        int[] order = [.. Enumerable.Range(0, data.Rank).Except(reduced), .. reduced];
        var ordered = StridedCopy.View(
            data, [.. order.Select(axis => data.Dimensions[axis])], 0, [.. order.Select(axis => strides[axis])]);
        var values = ordered.As<T>();
        var run = (int)reduced.Aggregate(1L, (product, axis) => product * data.Dimensions[axis]);
        var results = new T[values.Length / run];
        for (var index = 0; index < results.Length; index++)
        {
            results[index] = Reduce(operation, values.Slice(index * run, run));
        }

        return Tensor.From<T>(context.Outputs[0]!.StaticShape!, results);
    }

    private static T Reduce<T>(string operation, ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        var result = operation switch
        {
            "ReduceProd" => T.One,
            "ReduceMax" or "ReduceMin" => values[0],
            _ => T.Zero,
        };
        foreach (var value in values)
        {
            result = operation switch
            {
                "ReduceProd" => result * value,
                "ReduceMax" => T.Max(result, value),
                "ReduceMin" => T.Min(result, value),
                "ReduceL2" => result + (value * value),
                _ => result + value,
            };
        }

        return operation switch
        {
            "ReduceL2" => T.CreateChecked(Math.Sqrt(double.CreateChecked(result))),
            "ReduceMean" => result / T.CreateChecked(values.Length),
            _ => result,
        };
    }
}
