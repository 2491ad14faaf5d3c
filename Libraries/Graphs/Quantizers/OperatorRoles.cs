namespace QatPipeline.Graphs.Quantizers;

/// <summary>What operators mean to quantization.</summary>
internal static class OperatorRoles
{
    /// <summary>A layer with a constant weight as its second input: where int8 arithmetic pays.</summary>
    public static bool IsWeighted(Graph graph, Node node) =>
        node.Domain.Length == 0
        && node.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul"
        && node.Input(1) is { } weight
        && graph.Initializers.TryGetValue(weight, out var tensor)
        && tensor.Type == ElementType.Float
        && tensor.Rank >= 2;

    /// <summary>Suppresses overlapping detections: the standard's operator, or a plugin of TensorRT.</summary>
    public static bool IsSuppression(Node node) =>
        node.OpType == "NonMaxSuppression" || node.OpType.Contains("NMS", StringComparison.Ordinal);

    public static bool IsPooling(Node node) => node.Domain.Length == 0 && node.OpType is "MaxPool" or "AveragePool" or "GlobalAveragePool";

    /// <summary>Moves values without changing them, so that its data inputs and outputs can have one scale.</summary>
    public static bool KeepsValues(Node node) =>
        node.Domain.Length == 0
        && node.OpType is "MaxPool" or "Concat" or "Resize" or "Split" or "Reshape" or "Transpose" or "Flatten" or "Squeeze" or "Unsqueeze"
            or "Slice" or "Identity" or "Dropout";

    /// <summary>The indices of the inputs that carry data rather than shapes, sizes or parameters.</summary>
    public static IEnumerable<int> DataInputs(Node node) => node.OpType switch
    {
        "Concat" or "Add" or "Mul" or "Sub" or "Div" or "Max" or "Min" or "Sum" =>
            Enumerable.Range(0, node.Inputs.Count).Where(index => node.Input(index) is not null),
        _ => node.Input(0) is null ? [] : [0],
    };

    /// <summary>A batch normalization with constant statistics: folded into its convolution before deployment.</summary>
    public static bool IsBatchNormalization(Node? node) => node is not null && node.Is("BatchNormalization");

    /// <summary>Relu, or Clip from zero: a requantization does its work for free when its zero point is the lowest code.</summary>
    public static bool IsClampAtZero(Graph graph, Node? node) =>
        node is not null && (node.Is("Relu") || (node.Is("Clip") && ClipMinimum(graph, node) == 0));

    /// <summary>The constant lower bound of a Clip; null where it is not constant.</summary>
    public static float? ClipMinimum(Graph graph, Node clip) => ClipBound(graph, clip, 1, "min", float.MinValue);

    /// <summary>The constant bounds of a Clip; null where one is not constant.</summary>
    public static (float Low, float High)? ClipBounds(Graph graph, Node clip) =>
        ClipMinimum(graph, clip) is { } low && ClipBound(graph, clip, 2, "max", float.MaxValue) is { } high ? (low, high) : null;

    /// <summary>From the input, or the attribute of opsets before 11.</summary>
    private static float? ClipBound(Graph graph, Node clip, int input, string attribute, float absent) => clip.Input(input) is { } bound
        ? graph.Initializers.TryGetValue(bound, out var tensor) && tensor.Length == 1 ? tensor.ToFloats()[0] : null
        : clip.Float(attribute, absent);
}
