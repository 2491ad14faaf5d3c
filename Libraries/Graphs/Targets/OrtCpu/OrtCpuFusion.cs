using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Predicts, node by node, what ONNX Runtime's CPU provider makes of a Q/DQ graph at its extended optimization level on x64. An operator
/// becomes an integer kernel when its data inputs all come from DequantizeLinear and its only reader is a QuantizeLinear; a few need less,
/// none works when the float output is seen by anything else.
/// </summary>
internal sealed class OrtCpuFusion
{
    private const int WeightAxisOfGemm = 1;

    private readonly Graph _graph;
    private readonly GraphLinks _links;
    private readonly Dictionary<string, string> _obstacles = new(StringComparer.Ordinal);

    /// <param name="graph">With Q/DQ nodes; not changed.</param>
    public OrtCpuFusion(Graph graph)
    {
        var rewrites = new OrtCpuRewrites(graph);
        _graph = rewrites.Graph;
        _links = _graph.Link();
        var kernels = _graph.Nodes.ToDictionary(node => node.Name, Kernel, StringComparer.Ordinal);
        Kernels = [.. graph.Nodes
            .Where(node => !(node.Is("QuantizeLinear") || node.Is("DequantizeLinear") || node.Is("Constant") || node.Is("Identity")))
            .Select(node => new KernelPrediction(
                node.Name,
                node.OpType,
                rewrites.Absorbed.Contains(node.Name) ? KernelKind.Absorbed : kernels.GetValueOrDefault(node.Name)))];
    }

    public IReadOnlyList<KernelPrediction> Kernels { get; }

    /// <summary>Why a node with quantized inputs did not become an integer kernel; null for the others.</summary>
    public string? ObstacleOf(string node) => _obstacles.GetValueOrDefault(node);

    /// <summary>
    /// True where the runtime quantizes the layer's float weight by itself, with one scale for the whole tensor: its input is dequantized
    /// and its output, after at most clamps, quantized.
    /// </summary>
    public bool IsWeightQuantizedByRuntime(Node node) => node.Input(1) is { } weight && IsFloatConstant(weight) && IsBetweenPairs(node);

    /// <summary>True where the runtime rounds the layer's float bias by itself.</summary>
    public bool IsBiasRoundedByRuntime(Node node) =>
        node.Input(2) is { } bias && IsFloatConstant(bias) && IsBetweenPairs(node) && CanQuantizeBias(node, bias);

    private KernelKind Kernel(Node node)
    {
        if (node.Domain.Length > 0)
        {
            return node.OpType.StartsWith("QLinear", StringComparison.Ordinal) || node.OpType == "QGemm"
                ? KernelKind.Integer
                : KernelKind.Float;
        }

        var obstacle = node.OpType switch
        {
            "QLinearConv" or "QLinearMatMul" or "ConvInteger" or "MatMulInteger" => null,
            "Conv" => Obstacle(node, LayerInputs(node), needsOutput: true),
            "Gemm" => Obstacle(node, LayerInputs(node), needsOutput: false),
            "MatMul" => Obstacle(node, [Reads(node, 0), Reads(node, 1)], needsOutput: false),
            "AveragePool" or "GlobalAveragePool" or "LeakyRelu" or "Sigmoid" or "Softmax" or "Add" or "Mul" or "Concat" =>
                Obstacle(node, AllInputs(node), needsOutput: true),
            "MaxPool" or "Resize" or "ReduceMax" or "ReduceMin" or "Expand" or "Flatten" or "Gather" or "GatherElements" or "Reshape"
                or "Slice" or "Squeeze" or "Tile" or "Transpose" or "Unsqueeze" or "Split" => ObstacleToMoving(node),
            "Clip" when _links.ProducerOf(node.Inputs[0]) is { OpType: "QuantizeLinear" } => null,
            "ArgMax" => Reads(node, 0) ? null : "its input is not quantized",
            _ => "the CPU provider has no integer kernel for it",
        };
        if (obstacle is not null)
        {
            _obstacles[node.Name] = obstacle;
        }

        return obstacle is null ? KernelKind.Integer : KernelKind.Float;
    }

    private string? Obstacle(Node node, IReadOnlyList<bool> inputs, bool needsOutput)
    {
        for (var index = 0; index < inputs.Count; index++)
        {
            if (!inputs[index])
            {
                return $"its input {index} ('{node.Inputs[index]}') is not quantized";
            }
        }

        return node.Outputs.Select(output => OutputObstacle(output, needsOutput)).FirstOrDefault(obstacle => obstacle is not null);
    }

    private string? OutputObstacle(string output, bool needsQuantizer)
    {
        var readers = _links.ConsumersOf(output);
        var quantizers = readers.Count(reader => reader.Node.Is("QuantizeLinear"));
        if (quantizers == 0 && !needsQuantizer)
        {
            return null;
        }

        if (readers is [var (clamp, _)]
            && (clamp.Is("Relu") || clamp.Is("Clip"))
            && _links.SoleConsumerOf(clamp.Outputs[0]) is { } next
            && next.Is("QuantizeLinear"))
        {
            return $"the zero point after {clamp} is not the lowest code, "
                + $"so that the {clamp.OpType} stays between the layer and its quantizer";
        }

        return quantizers == 0 ? $"its output '{output}' is not quantized"
            : quantizers > 1 ? $"its output '{output}' is quantized {quantizers} times"
            : readers.Count > 1 || _links.IsGraphOutput(output) ? $"its output '{output}' is also read in float"
            : null;
    }

    private string? ObstacleToMoving(Node node)
    {
        if (node.Is("MaxPool") && (_graph.Opset < 12 || node.Outputs.Count > 1))
        {
            return "8-bit pooling needs opset 12 and a single output";
        }

        if (AllInputs(node).Count(isQuantized => isQuantized) != 1 || !Reads(node, 0))
        {
            return $"its input 0 ('{node.Inputs[0]}') is not quantized";
        }

        var parameters = QuantizeParameters.Of(_graph, _links, _links.ProducerOf(node.Inputs[0])!);
        foreach (var output in node.Outputs.Where(output => output.Length > 0))
        {
            if (OutputObstacle(output, needsQuantizer: true) is { } obstacle)
            {
                return obstacle;
            }

            if (parameters is not { Axis: null }
                || !parameters.Equals(QuantizeParameters.Of(_graph, _links, _links.ConsumersOf(output)[0].Node)))
            {
                return "the scales before and after it differ";
            }
        }

        return null;
    }

    private bool[] AllInputs(Node node) =>
        [.. Enumerable.Range(0, node.Inputs.Count).Where(index => node.Input(index) is not null).Select(index => Reads(node, index))];

    /// <summary>A float weight and a float bias count as quantized where the runtime quantizes them by itself.</summary>
    private List<bool> LayerInputs(Node node)
    {
        var isBetween = IsBetweenPairs(node);
        var inputs = new List<bool> { Reads(node, 0), Reads(node, 1) || (isBetween && IsFloatConstant(node.Inputs[1])) };
        if (node.Input(2) is { } bias)
        {
            inputs.Add(Reads(node, 2) || (isBetween && IsFloatConstant(bias) && CanQuantizeBias(node, bias)));
        }

        return inputs;
    }

    private bool CanQuantizeBias(Node node, string bias)
    {
        var channels = _graph.Initializers[bias];
        if (channels.Rank != 1)
        {
            return false;
        }

        var expected = node.Is("Gemm") && node.Int("transB", 0) == 0 ? WeightAxisOfGemm : 0;
        return !Reads(node, 1)
            || (QuantizeParameters.Of(_graph, _links, _links.ProducerOf(node.Inputs[1])!) is { } weight
                && (weight.Axis is null || (weight.Axis == expected && weight.Scales.Length == channels.Length)));
    }

    private bool IsBetweenPairs(Node node)
    {
        if (!Reads(node, 0) || QuantizeParameters.Of(_graph, _links, _links.ProducerOf(node.Inputs[0])!) is not { Axis: null })
        {
            return false;
        }

        var reader = _links.SoleConsumerOf(node.Outputs[0]);
        while (reader is not null && (reader.Is("Relu") || reader.Is("Clip")))
        {
            reader = _links.SoleConsumerOf(reader.Outputs[0]);
        }

        return reader is not null && reader.Is("QuantizeLinear");
    }

    private bool IsFloatConstant(string value) =>
        _graph.Initializers.TryGetValue(value, out var tensor) && tensor.Type == ElementType.Float;

    private bool Reads(Node node, int input) =>
        node.Input(input) is { } value && _links.ProducerOf(value) is { OpType: "DequantizeLinear" };
}
