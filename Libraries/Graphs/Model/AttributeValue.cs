namespace QatPipeline.Graphs.Model;

/// <summary>The value of a node's attribute: one of ONNX's attribute types.</summary>
public abstract record AttributeValue
{
    /// <summary>An <c>INT</c>: whole numbers, flags (0 or 1) and codes of element types.</summary>
    public static implicit operator AttributeValue(long value) => new IntAttribute(value);

    /// <summary>A <c>FLOAT</c>.</summary>
    public static implicit operator AttributeValue(float value) => new FloatAttribute(value);

    /// <summary>A <c>STRING</c>.</summary>
    public static implicit operator AttributeValue(string value) => new StringAttribute(value);

    /// <summary>An <c>INTS</c>. The array is kept, not copied.</summary>
    public static implicit operator AttributeValue(long[] values) => new IntsAttribute(values);

    /// <summary>A <c>FLOATS</c>. The array is kept, not copied.</summary>
    public static implicit operator AttributeValue(float[] values) => new FloatsAttribute(values);

    /// <summary>A <c>TENSOR</c>, as Constant and ConstantOfShape have one.</summary>
    public static implicit operator AttributeValue(Tensor value) => new TensorAttribute(value);
}

/// <summary>ONNX <c>INT</c>, 64 bits; flags are 0 or 1, element types the codes of <see cref="ElementType"/>.</summary>
public sealed record IntAttribute(long Value) : AttributeValue;

/// <summary>ONNX <c>FLOAT</c>, 32 bits: α of a LeakyRelu, ε of a normalization.</summary>
public sealed record FloatAttribute(float Value) : AttributeValue;

/// <summary>A string attribute; ONNX stores UTF-8 bytes.</summary>
public sealed record StringAttribute(string Value) : AttributeValue;

/// <summary>ONNX <c>INTS</c>, by axis where axes are meant: strides, kernel shapes, pads (all beginnings before all ends).</summary>
public sealed record IntsAttribute(IReadOnlyList<long> Values) : AttributeValue;

/// <summary>ONNX <c>FLOATS</c>; an empty list is kept apart from an absent attribute.</summary>
public sealed record FloatsAttribute(IReadOnlyList<float> Values) : AttributeValue;

/// <summary>ONNX <c>STRINGS</c>; stored as UTF-8 bytes.</summary>
public sealed record StringsAttribute(IReadOnlyList<string> Values) : AttributeValue;

/// <summary>ONNX <c>TENSOR</c>, always stored inside the model file, never beside it.</summary>
public sealed record TensorAttribute(Tensor Value) : AttributeValue;

/// <summary>An attribute the graph does not interpret (subgraphs, sparse tensors), kept as its protobuf bytes.</summary>
/// <param name="Proto">The whole AttributeProto, name included.</param>
public sealed record OpaqueAttribute(ReadOnlyMemory<byte> Proto) : AttributeValue
{
    /// <summary>Values of the enclosing graph that the attribute's subgraphs read.</summary>
    public IReadOnlyList<string> CapturedValues { get; init; } = [];

    /// <summary>Names of the standard operators in the attribute's subgraphs.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>True where the subgraphs hold constants or casts of 16-bit floats.</summary>
    public bool HasHalfPrecision { get; init; }
}
