namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>How a tensor's elements are stored in a file. In memory they are always <see langword="float"/>.</summary>
public enum StateDType
{
    Float16,
    BFloat16,
    Float32,
    Float64,
    Int8,
    UInt8,
    Int16,
    Int32,
    Int64,
    Bool,
}

/// <summary>One entry of a state dictionary.</summary>
/// <param name="DType">The type it was stored with.</param>
/// <param name="Shape">Its shape; empty for a scalar.</param>
/// <param name="Data">Its elements in row-major order.</param>
public sealed record StateTensor(StateDType DType, long[] Shape, float[] Data)
{
    /// <summary>The product of a shape's extents; fails where it passes what an array can hold.</summary>
    public static int CountOf(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent);
            count = checked(count * extent);
        }

        return checked((int)count);
    }

    public string ShapeText => $"[{string.Join(",", Shape)}]";
}
