namespace QatPipeline.Graphs.Model;

/// <summary>Element types of tensors; the values are those of ONNX's <c>TensorProto.DataType</c>.</summary>
public enum ElementType
{
    /// <summary>Not known yet, or not a tensor.</summary>
    Undefined = 0,

    /// <summary>IEEE 754 binary32: what networks are trained and calibrated in.</summary>
    Float = 1,

    /// <summary>0…255: unsigned quantized codes, pixels.</summary>
    UInt8 = 2,

    /// <summary>−128…127: signed quantized codes.</summary>
    Int8 = 3,

    /// <summary>0…65,535; read and folded, never quantized to.</summary>
    UInt16 = 4,

    /// <summary>−32,768…32,767; read and folded, never quantized to.</summary>
    Int16 = 5,

    /// <summary>Accumulators and biases of integer layers.</summary>
    Int32 = 6,

    /// <summary>Shapes, axes and indices.</summary>
    Int64 = 7,

    /// <summary>UTF-8 text of any length; its elements have no fixed size, and are only passed on.</summary>
    String = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 binary64.</summary>
    Double = 11,

    /// <summary>Rare: read, and converted to 64 bits where folded.</summary>
    UInt32 = 12,

    /// <summary>Rare: read and passed on.</summary>
    UInt64 = 13,

    /// <summary>Two binary32: read and passed on.</summary>
    Complex64 = 14,

    /// <summary>Two binary64: read and passed on.</summary>
    Complex128 = 15,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16 = 16,

    /// <summary>8 bits, 4 of exponent, without infinities: read and passed on, as all that follow.</summary>
    Float8E4M3FN = 17,

    /// <summary>8 bits, 4 of exponent, without infinities and negative zero.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8 bits, 5 of exponent.</summary>
    Float8E5M2 = 19,

    /// <summary>8 bits, 5 of exponent, without infinities and negative zero.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>0…15, two in a byte.</summary>
    UInt4 = 21,

    /// <summary>−8…7, two in a byte.</summary>
    Int4 = 22,

    /// <summary>4 bits, 2 of exponent, two in a byte.</summary>
    Float4E2M1 = 23,

    /// <summary>A power of two in 8 bits.</summary>
    Float8E8M0 = 24,

    /// <summary>0…3, four in a byte.</summary>
    UInt2 = 25,

    /// <summary>−2…1, four in a byte.</summary>
    Int2 = 26,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element; 0 for strings and the types that are only passed on.</summary>
    public static int SizeOf(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Int64 or ElementType.UInt64 or ElementType.Double => 8,
        _ => 0,
    };

    /// <summary>True for 16, 32 and 64 bits and for bfloat16.</summary>
    public static bool IsFloatingPoint(this ElementType type) =>
        type is ElementType.Float or ElementType.Float16 or ElementType.Double or ElementType.BFloat16;
}
