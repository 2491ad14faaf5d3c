using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Operators;

/// <summary>One execution of one node: its inputs as tensors, and what the network says about how to run.</summary>
internal sealed class OperatorCall(Node node, Tensor?[] inputs, OperatorContext context)
{
    public Node Node => node;

    public OperatorContext Context => context;

    public int InputCount => inputs.Length;

    public int OutputCount => node.Outputs.Count;

    public Tensor Input(int index) =>
        Optional(index) ?? throw new TorchExecutionException($"{node}: input {index} is missing.");

    public Tensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An integer tensor input as numbers, or null where it is absent.</summary>
    public long[]? OptionalLongs(int index) => Optional(index) is { } value ? value.ToLongs() : null;

    /// <summary>An input where another one is: what indexes a float tensor, or is compared with one, may be elsewhere.</summary>
    public Tensor Beside(int index, Tensor other) => Input(index).to(other.device);

    public long[] Longs(int index) => Input(index).ToLongs();

    /// <summary>A one-element float input, else the attribute that older operator sets used, else the default.</summary>
    public double Scalar(int index, string attribute, double defaultValue) =>
        Optional(index) is { } value ? value.to(ScalarType.Float64).item<double>() : node.Float(attribute, (float)defaultValue);

    /// <summary>An integer list given as an input since some operator set and as an attribute before.</summary>
    public long[]? LongsOrAttribute(int index, string attribute) =>
        OptionalLongs(index) ?? (node.Ints(attribute) is { } values ? [.. values] : null);

    public TorchExecutionException Unsupported(string what) =>
        new($"{node}: {what} is not supported by the Torch executor; run float export only, or rewrite the node");
}

/// <summary>What all operators of one forward pass share.</summary>
/// <param name="Graph">What is run.</param>
/// <param name="Device">Where float tensors live; integer tensors stay on the CPU.</param>
/// <param name="IsTraining">Whether batch normalization uses, and updates, batch statistics.</param>
/// <param name="BatchNormMomentum">Weight of a new batch in the running statistics.</param>
/// <param name="DeclaredBatch">The batch size the graph was written for; null where it is dynamic.</param>
/// <param name="Batch">The batch size of this pass.</param>
/// <param name="Ranks">Those that share the batch whose statistics batch normalization takes.</param>
internal sealed record OperatorContext(
    Graph Graph, Device Device, bool IsTraining, double BatchNormMomentum, long? DeclaredBatch, long Batch, ICollective Ranks)
{
    public int Opset => Graph.Opset;

    /// <summary>True when a graph written for one batch size runs with another.</summary>
    public bool IsRebatched => DeclaredBatch is { } declared && declared != Batch;
}
