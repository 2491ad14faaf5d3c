namespace QatPipeline.Graphs.Model;

/// <summary>
/// What surrounds a graph in its ONNX file and is written back as read: who made it, and the parts the graph does not interpret
/// (model-local functions, sparse initializers, quantization annotations).
/// </summary>
internal sealed record ModelEnvelope
{
    public static ModelEnvelope New { get; } = new() { ProducerName = "QatPipeline" };

    public long IrVersion { get; init; }

    public string ProducerName { get; init; } = "";

    public string ProducerVersion { get; init; } = "";

    public string Domain { get; init; } = "";

    public long ModelVersion { get; init; }

    public string DocString { get; init; } = "";

    /// <summary>Protobuf bytes of the ModelProto fields the schema does not name.</summary>
    public ReadOnlyMemory<byte> ModelFields { get; init; }

    /// <summary>Protobuf bytes of the GraphProto fields the graph does not interpret.</summary>
    public ReadOnlyMemory<byte> GraphFields { get; init; }

    /// <summary>Names of values defined by <see cref="GraphFields"/> (sparse initializers).</summary>
    public IReadOnlyList<string> DefinedValues { get; init; } = [];
}
