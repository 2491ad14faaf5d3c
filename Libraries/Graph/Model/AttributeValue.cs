namespace QatPipeline.Graphs;

/// <summary>The value of a node's attribute: one of ONNX's attribute types.</summary>
public abstract record AttributeValue
{
    public static implicit operator AttributeValue(long value) => new IntAttribute(value);

    public static implicit operator AttributeValue(float value) => new FloatAttribute(value);

    public static implicit operator AttributeValue(string value) => new StringAttribute(value);

    public static implicit operator AttributeValue(long[] values) => new IntsAttribute(values);

    public static implicit operator AttributeValue(float[] values) => new FloatsAttribute(values);

    public static implicit operator AttributeValue(Tensor value) => new TensorAttribute(value);
}

public sealed record IntAttribute(long Value) : AttributeValue;

public sealed record FloatAttribute(float Value) : AttributeValue;

/// <summary>A string attribute; ONNX stores UTF-8 bytes.</summary>
public sealed record StringAttribute(string Value) : AttributeValue;

public sealed record IntsAttribute(IReadOnlyList<long> Values) : AttributeValue;

public sealed record FloatsAttribute(IReadOnlyList<float> Values) : AttributeValue;

public sealed record StringsAttribute(IReadOnlyList<string> Values) : AttributeValue;

public sealed record TensorAttribute(Tensor Value) : AttributeValue;

/// <summary>An attribute the graph does not interpret (subgraphs, sparse tensors), kept as its protobuf bytes.</summary>
public sealed record OpaqueAttribute(ReadOnlyMemory<byte> Proto) : AttributeValue
{
    /// <summary>Values of the enclosing graph that the attribute's subgraphs read.</summary>
    public IReadOnlyList<string> CapturedValues { get; init; } = [];
}
