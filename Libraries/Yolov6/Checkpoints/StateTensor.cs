namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>How a tensor's elements are stored in a file. In memory they are always <see langword="float"/>.</summary>
public enum StateDType
{
    /// <summary>IEEE 754 binary16: the reference's stripped files.</summary>
    Float16,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary32: what is written.</summary>
    Float32,

    /// <summary>IEEE 754 binary64; rounded to binary32 in memory.</summary>
    Float64,

    /// <summary>−128…127.</summary>
    Int8,

    /// <summary>0…255.</summary>
    UInt8,

    /// <summary>−32,768…32,767.</summary>
    Int16,

    /// <summary>Exact in memory up to 2²⁴.</summary>
    Int32,

    /// <summary>Exact in memory up to 2²⁴; counters of batches seen.</summary>
    Int64,

    /// <summary>One byte; 0 or 1 in memory.</summary>
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

    /// <summary>The shape as errors show it: <c>[64,3,3,3]</c>.</summary>
    public string ShapeText => $"[{string.Join(",", Shape)}]";
}
