using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>The findings for TensorRT with explicit quantization.</summary>
internal static class TensorRtLint
{
    public static IEnumerable<LintFinding> Findings(Graph graph)
    {
        var links = graph.Link();
        var region = QuantizedRegion(graph, links);
        return graph.Nodes
            .Where(node => node.Is("QuantizeLinear") || node.Is("DequantizeLinear"))
            .Select(node => ZeroPoint(graph, links, node))
            .Concat(graph.Nodes.Select(node => Layer(graph, links, node)))
            .Concat(graph.Nodes.Where(region.Contains).Select(node => Unquantized(graph, links, node)))
            .OfType<LintFinding>()
            .Concat(SharedScaleLint.Findings(graph, links))
            .Concat(RequantizationLint.Findings(graph, links));
    }

    /// <summary>ONNX Runtime's operators on codes, which TensorRT's parser does not know.</summary>
    public static IEnumerable<LintFinding> OperatorsOnCodes(IReadOnlyList<Node> nodes)
    {
        if (nodes.Count > 0)
        {
            yield return new(
                LintSeverity.Error,
                "operators-on-codes",
                [.. nodes.Select(node => node.Name)],
                $"The model is in the QOperator format ({string.Join(", ", nodes.Select(node => node.OpType).Distinct())}), which TensorRT "
                    + "does not read.",
                "Write it with `qat optimize --target tensorrt-qdq`.");
        }
    }

    /// <summary>Nodes from which a layer with a quantized weight can be reached.</summary>
    private static HashSet<Node> QuantizedRegion(Graph graph, GraphLinks links)
    {
        var region = new HashSet<Node>();
        foreach (var node in Enumerable.Reverse(graph.Nodes))
        {
            if (node.Outputs
                .SelectMany(links.ConsumersOf)
                .Any(reader => region.Contains(reader.Node) || (reader.Input == 0 && IsDequantized(links, reader.Node, 1))))
            {
                region.Add(node);
            }
        }

        return region;
    }

    private static LintFinding? ZeroPoint(Graph graph, GraphLinks links, Node node) =>
        QuantizeParameters.Of(graph, links, node) is not { } parameters
            ? new(
                LintSeverity.Error,
                "scale-not-constant",
                [node.Name],
                $"{node} has no constant scale and zero point.",
                "Make the scale an initializer.")
        : parameters.Type == ElementType.UInt8
            ? new(
                LintSeverity.Error,
                "unsigned-codes",
                [node.Name],
                $"{node} uses uint8 codes, which TensorRT refuses.",
                "Write the model with `qat optimize --target tensorrt-qdq`.")
        : Array.Exists(parameters.ZeroPoints, zeroPoint => zeroPoint != 0)
            ? new(
                LintSeverity.Error,
                "zero-point",
                [node.Name],
                $"{node} has a zero point other than 0, which TensorRT refuses.",
                "Write the model with `qat optimize --target tensorrt-qdq`.")
            : null;

    /// <summary>What keeps a layer from becoming one int8 kernel together with its batch normalization and activation.</summary>
    private static LintFinding? Layer(Graph graph, GraphLinks links, Node node)
    {
        if (!(node.Is("Conv") || node.Is("ConvTranspose") || node.Is("Gemm")))
        {
            return null;
        }

        var (input, weight) = (IsDequantized(links, node, 0), IsDequantized(links, node, 1));
        if (input != weight)
        {
            return new(
                LintSeverity.Warning,
                "stays-float",
                [node.Name],
                $"{node} stays float: its {(input ? "weight" : "input")} is not quantized.",
                "Quantize both its input and its weight, or neither.");
        }

        if (weight
            && node.Is("ConvTranspose")
            && links.ProducerOf(node.Inputs[1]) is { } weightPair
            && QuantizeParameters.Of(graph, links, weightPair) is { Axis: 1 })
        {
            return new(
                LintSeverity.Warning,
                "deconvolution-axis",
                [node.Name],
                $"{node} has a weight scale per output channel; TensorRT 8 has int8 kernels for scales per input channel only.",
                "Place the quantizers with transposed-convolution axis 0.");
        }

        var reader = links.SoleConsumerOf(node.Outputs[0]);
        if (weight && reader is not null && reader.Is("BatchNormalization"))
        {
            return new(
                LintSeverity.Warning,
                "batch-normalization-live",
                [node.Name, reader.Name],
                $"{reader} stays a layer of its own: it cannot be folded through the weight's pair by the builder.",
                "Fold it before export: `qat optimize` does so exactly.");
        }

        return weight && reader is not null && reader.Is("QuantizeLinear") && ActivationAfter(links, reader) is { } activation
            ? new(
                LintSeverity.Warning,
                "pair-before-activation",
                [node.Name, reader.Name, activation.Name],
                $"The pair between {node} and {activation} stops their fusion: the activation becomes a layer of its own.",
                "Quantize after the activation only.")
            : null;
    }

    private static Node? ActivationAfter(GraphLinks links, Node quantize) =>
        links.SoleConsumerOf(quantize.Outputs[0]) is { } dequantize && links.SoleConsumerOf(dequantize.Outputs[0]) is { } activation
        && (activation.Is("Relu")
            || activation.Is("Clip")
            || activation.Is("LeakyRelu")
            || activation.Is("Sigmoid")
            || activation.Is("HardSwish"))
            ? activation
            : null;

    /// <summary>Operators with an int8 kernel, between quantized layers, that got no pair.</summary>
    private static LintFinding? Unquantized(Graph graph, GraphLinks links, Node node)
    {
        if (OperatorRoles.IsPooling(node) || node.Is("Resize"))
        {
            return IsDequantized(links, node, 0) || !links.ConsumersOf(node.Outputs[0]).Any(reader => reader.Node.Is("QuantizeLinear"))
                ? null
                : new(
                    LintSeverity.Warning,
                    "stays-float",
                    [node.Name],
                    $"{node} stays float: its input is not quantized, and pairs don't move over it.",
                    "Quantize its input with the scale of its output.");
        }

        var isResidual = node.Is("Add")
            && node.Inputs.Count == 2
            && node.Inputs.TrueForAll(input => !graph.Initializers.ContainsKey(input));
        return isResidual && !IsDequantized(links, node, 0) && !IsDequantized(links, node, 1)
            ? new(
                LintSeverity.Warning,
                "stays-float",
                [node.Name],
                $"{node} stays float: neither operand is quantized, so that no convolution can absorb it.",
                "Quantize the shortcut operand.")
            : null;
    }

    private static bool IsDequantized(GraphLinks links, Node node, int input) =>
        node.Input(input) is { } value && links.ProducerOf(value) is { } producer && producer.Is("DequantizeLinear");
}
