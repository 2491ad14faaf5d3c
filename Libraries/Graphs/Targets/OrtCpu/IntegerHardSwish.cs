using QatPipeline.Graphs.Passes;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Writes HardSwish, for which ONNX Runtime has no integer kernel, in operators it has: with 3 a whole number k of codes
/// (<see cref="QuantizationScheme.UnsignedHardSwish"/>) the gate clip(x/6 + ½, 0, 1) has exactly the codes of x, cut off at 2k.
/// <code>
/// x → Q(3/k, k) → DQ → HardSwish → Q        becomes        x → Q(3/k, k) ─┬─ DQ(3/k, k) ────────────── Mul → Q
///                                                                         └─ Clip(…, 2k) → DQ(1/2k, 0) ─┘
/// </code>
/// </summary>
internal static class IntegerHardSwish
{
    private const float Tolerance = 1e-5f;

    /// <summary>Rewrites every HardSwish between quantized tensors; others stay.</summary>
    public static void Apply(Graph graph)
    {
        foreach (var node in graph.Nodes.FindAll(node => node.Is("HardSwish")))
        {
            var links = graph.Link();
            if (links.ProducerOf(node.Inputs[0]) is { } dequantize
                && dequantize.Is("DequantizeLinear")
                && links.SoleConsumerOf(node.Outputs[0]) is { OpType: "QuantizeLinear" }
                && QuantizeParameters.Of(graph, links, dequantize) is { Axis: null, Scales: [var scale], ZeroPoints: [var knee] }
                && MathF.Abs((knee * scale) - (float)QuantizationParameters.HardSwishKnee) < Tolerance)
            {
                Rewrite(graph, node, dequantize.Inputs[0], (int)knee);
            }
        }
    }

    private static void Rewrite(Graph graph, Node node, string codes, int knee)
    {
        var gate = codes;
        var at = graph.Nodes.IndexOf(node);
        if (2 * knee < byte.MaxValue)
        {
            var limit = graph.AddConstant($"{node.Name}.gate_limit", Tensor.From<byte>([], [(byte)(2 * knee)]));
            gate = graph.UniqueValue($"{node.Name}.gate_codes");
            graph.Nodes.Insert(at++, new Node(graph.UniqueNode($"{node.Name}.gate"), "Clip", [codes, "", limit], [gate]));
        }

        var scale = graph.AddConstant($"{node.Name}.gate_scale", Tensor.FromFloats([], 0.5f / knee));
        var zeroPoint = graph.AddConstant($"{node.Name}.gate_zero_point", Tensor.From<byte>([], [0]));
        var value = graph.UniqueValue($"{node.Name}.gate_value");
        graph.Nodes.Insert(
            at++, new Node(graph.UniqueNode($"{node.Name}.gate_dequantized"), "DequantizeLinear", [gate, scale, zeroPoint], [value]));
        graph.Nodes[at] = new Node(node.Name, "Mul", [node.Inputs[0], value], node.Outputs);
    }
}
