using QatPipeline.Graphs.Model;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>
/// Writes what 8-bit convolution kernels compute with float operators alone, so that a run without one integer kernel has their codes:
/// sums of products of codes, which float32 holds exactly below 2²⁴, scaled once by one float factor a channel, rounded half to even.
/// <code>
/// DequantizeLinear(codes, weights, biases) → Conv → [Relu] → QuantizeLinear
/// becomes
/// Cast(codes) − zero → Conv(weight codes, bias codes) → · (input scale · weight scale / output scale) → Round → + zero → Clip → Cast
/// </code>
/// </summary>
internal static class KernelArithmetic
{
    /// <summary>Rewrites every convolution on codes in place.</summary>
    /// <returns>The convolutions rewritten.</returns>
    public static int Apply(Graph graph)
    {
        var rewritten = 0;
        foreach (var layer in graph.Nodes.FindAll(node => node.Is("Conv")))
        {
            rewritten += TryRewrite(graph, graph.Link(), layer) ? 1 : 0;
        }

        return rewritten;
    }

    private static bool TryRewrite(Graph graph, GraphLinks links, Node layer)
    {
        var last = links.SoleConsumerOf(layer.Outputs[0]);
        var quantizer = last is { OpType: "Relu" } ? links.SoleConsumerOf(last.Outputs[0]) : last;
        var inputs = layer.Inputs.ConvertAll(links.ProducerOf);
        if (quantizer is not { OpType: "QuantizeLinear" } || !inputs.TrueForAll(input => input is { OpType: "DequantizeLinear" }))
        {
            return false;
        }

        var name = layer.Name + ".sums";
        string Constant(string part, Tensor value)
        {
            graph.Initializers.Add($"{name}.{part}", value);
            return $"{name}.{part}";
        }

        float[] ValuesOf(string initializer) => graph.Initializers[initializer].ToFloats();
        string FloatsOf(string initializer, string part) =>
            Constant(part, Tensor.FromFloats(graph.Initializers[initializer].Dimensions, ValuesOf(initializer)));

        var (input, output) = (ValuesOf(inputs[0]!.Inputs[1])[0], ValuesOf(quantizer.Inputs[1])[0]);
        float[] factors = [.. ValuesOf(inputs[1]!.Inputs[1]).Select(weight => input * weight / output)];
        var zero = FloatsOf(quantizer.Inputs[2], "zero");
        string[] operands =
        [
            $"{name}.centred",
            FloatsOf(inputs[1]!.Inputs[0], "weights"),
            .. inputs.Skip(2).Select(bias => FloatsOf(bias!.Inputs[0], "biases")),
        ];
        Node[] nodes =
        [
            Cast(inputs[0]!.Inputs[0], $"{name}.codes", ElementType.Float),
            Node("Sub", [$"{name}.codes", FloatsOf(inputs[0]!.Inputs[2], "inputZero")], $"{name}.centred"),
            new(layer.Name, "Conv", operands, [name]) { Attributes = layer.Attributes },

            // Changes nothing: it keeps the runtime from multiplying the weights by the factors.
            Node("Round", [name], $"{name}.whole"),
            Node("Mul", [$"{name}.whole", Constant("factors", Tensor.FromFloats([factors.Length, 1, 1], factors))], $"{name}.scaled"),
            Node("Round", [$"{name}.scaled"], $"{name}.rounded"),
            Node("Add", [$"{name}.rounded", zero], $"{name}.shifted"),
            Node(
                "Clip",
                [$"{name}.shifted", Constant("least", Tensor.Scalar(0f)), Constant("most", Tensor.Scalar(255f))],
                $"{name}.clipped"),
            Cast($"{name}.clipped", quantizer.Outputs[0], ElementType.UInt8),
        ];
        graph.Nodes.InsertRange(graph.Nodes.IndexOf(layer), nodes);
        graph.Nodes.RemoveAll(node => node == layer || node == quantizer || (node == last && node.Is("Relu")));
        return true;
    }

    private static Node Node(string operation, string[] inputs, string output) => new(output, operation, inputs, [output]);

    private static Node Cast(string input, string output, ElementType type) =>
        new($"{output}.cast", "Cast", [input], [output]) { Attributes = { ["to"] = new IntAttribute((long)type) } };
}
