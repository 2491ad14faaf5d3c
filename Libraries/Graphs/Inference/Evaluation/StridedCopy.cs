namespace QatPipeline.Graphs.Inference.Evaluation;

/// <summary>Copies elements of any size between layouts.</summary>
internal static class StridedCopy
{
    /// <summary>Row-major strides, in elements.</summary>
    public static long[] StridesOf(IReadOnlyList<long> dimensions)
    {
        var strides = new long[dimensions.Count];
        for (var (axis, stride) = (dimensions.Count - 1, 1L); axis >= 0; stride *= dimensions[axis], axis--)
        {
            strides[axis] = stride;
        }

        return strides;
    }

    /// <summary>Strides that read a tensor of shape <paramref name="from"/> as if broadcast to <paramref name="to"/>.</summary>
    public static long[] BroadcastStrides(IReadOnlyList<long> from, IReadOnlyList<long> to)
    {
        var strides = StridesOf(from);
        var missing = to.Count - from.Count;
        return [.. Enumerable.Range(0, to.Count).Select(axis => axis < missing || from[axis - missing] == 1 ? 0 : strides[axis - missing])];
    }

    /// <summary>For every element of a row-major result, the source position given by start and strides.</summary>
    public static IEnumerable<long> Positions(IReadOnlyList<long> dimensions, long start, long[] strides)
    {
        var index = new long[dimensions.Count];
        var count = dimensions.Aggregate(1L, (product, dimension) => product * dimension);
        for (var position = start; count > 0; count--)
        {
            yield return position;
            for (var axis = index.Length - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                if (++index[axis] < dimensions[axis])
                {
                    break;
                }

                position -= strides[axis] * dimensions[axis];
                index[axis] = 0;
            }
        }
    }

    /// <summary>A tensor made of the source's elements at the positions that start and strides give.</summary>
    public static Tensor View(Tensor source, IReadOnlyList<long> dimensions, long start, long[] strides)
    {
        var size = source.Type.SizeOf();
        var result = new byte[dimensions.Aggregate(1L, (product, dimension) => product * dimension) * size];
        var to = 0;
        foreach (var position in Positions(dimensions, start, strides))
        {
            source.Bytes.Slice((int)position * size, size).CopyTo(result.AsSpan(to));
            to += size;
        }

        return new Tensor(source.Type, dimensions, result);
    }
}
