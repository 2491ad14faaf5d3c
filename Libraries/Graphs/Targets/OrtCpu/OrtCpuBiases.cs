using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Biases that ONNX Runtime rounds: those of layers between quantized tensors, be they written as floats, which the runtime turns into
/// int32 itself, wrapping around where they do not fit, or as the int32 codes written here, which leave it no choice.
/// </summary>
internal static class OrtCpuBiases
{
    /// <param name="graph">With calibrated quantizers; batch normalization live or folded.</param>
    public static IReadOnlyList<IntegerBias> Of(Graph graph)
    {
        var links = graph.Link();
        return [.. graph.Nodes.Select(node => Find(graph, links, node)).OfType<IntegerBias>()];
    }

    /// <summary>Widens weight ranges until the biases fit int32 (<see cref="IntegerBiasValues.WithRoom"/>).</summary>
    public static void MakeRoom(Graph graph)
    {
        foreach (var bias in Of(graph))
        {
            if (bias.Evaluate(graph).WithRoom(bias.Weight.Scheme, bias.Weight.Ranges) is { } ranges)
            {
                // One range for the whole weight becomes one per channel: the other channels keep theirs.
                bias.Weight.Axis ??= BatchNormalizationHost.ChannelAxisOf(bias.Layer);
                bias.Weight.Ranges = ranges;
            }
        }
    }

    /// <summary>Replaces float biases, which get room first, by their codes behind a DequantizeLinear.</summary>
    /// <param name="graph">Batch normalization folded, quantizers still in place.</param>
    public static void Write(Graph graph)
    {
        MakeRoom(graph);
        foreach (var bias in Of(graph))
        {
            var (name, channels) = (bias.Layer.Inputs[2], bias.Evaluate(graph).Channels);
            long[] shape = [channels.Count];
            var codes = graph.AddConstant(
                $"{bias.Layer.Name}.bias{QdqNames.Quantized}",
                Tensor.From<int>(shape, [.. channels.Select(channel => channel.Code)]));
            var scale = graph.AddConstant(
                $"{bias.Layer.Name}.bias{QdqNames.Scale}", Tensor.FromFloats(shape, [.. channels.Select(channel => channel.Scale)]));
            var value = graph.UniqueValue($"{bias.Layer.Name}.bias{QdqNames.Dequantized}");
            graph.Nodes.Insert(
                graph.Nodes.IndexOf(bias.Layer),
                new Node(
                    graph.UniqueNode($"{bias.Layer.Name}.bias{QdqNames.Dequantize}"), "DequantizeLinear", [codes, scale], [value])
                {
                    Attributes = { ["axis"] = 0L },
                });
            bias.Layer.Inputs[2] = value;
            if (!graph.Nodes.Exists(node => node.Inputs.Contains(name)))
            {
                graph.Initializers.Remove(name);
            }
        }
    }

    private static IntegerBias? Find(Graph graph, GraphLinks links, Node layer)
    {
        var isLayer = layer.Is("Conv") || (layer.Is("Gemm") && layer.Float("alpha", 1) == 1 && layer.Float("beta", 1) == 1);
        if (!isLayer
            || QuantizerAt(links, layer, 0) is not { Axis: null } input
            || QuantizerAt(links, layer, 1) is not { } weight)
        {
            return null;
        }

        var output = layer.Outputs[0];
        var normalization = links.SoleConsumerOf(output) is { } next && OperatorRoles.IsBatchNormalization(next) ? next : null;
        var isConstant = layer.Input(2) is { } bias
            ? graph.Initializers.TryGetValue(bias, out var tensor) && tensor.Type == ElementType.Float && IsPerChannel(graph, layer, tensor)
            : normalization is not null;
        if (normalization is not null)
        {
            isConstant &= CanFold(weight)
                && BatchNormalizationHost.Find(graph, links, normalization) is not null
                && normalization.Inputs.Skip(1).All(graph.Initializers.ContainsKey);
            output = normalization.Outputs[0];
        }

        return isConstant && IsQuantized(links, output) ? new(layer, normalization, input, weight) : null;
    }

    private static bool IsPerChannel(Graph graph, Node layer, Tensor bias) =>
        bias.Rank == 1
        && graph.Initializers.TryGetValue(layer.Inputs[1], out var weight)
        && bias.Length == weight.Dimensions[BatchNormalizationHost.ChannelAxisOf(layer)];

    private static bool CanFold(Quantizer weight) =>
        weight.Uses.Count == 1 && weight.Scheme is QuantizationScheme.SignedNarrow or QuantizationScheme.SignedReduced;

    /// <summary>True where all that reads the value, after clamps, reads the same codes.</summary>
    private static bool IsQuantized(GraphLinks links, string value)
    {
        while (links.SoleConsumerOf(value) is { } clamp
            && (clamp.Is("Relu") || clamp.Is("Clip"))
            && QuantizerAt(links, clamp, 0) is null)
        {
            value = clamp.Outputs[0];
        }

        var codes = links.ConsumersOf(value)
            .Select(reader => QuantizerAt(links, reader.Node, reader.Input))
            .Select(quantizer => quantizer is { Axis: null } ? quantizer.Parameters()[0] : default)
            .Distinct()
            .ToArray();
        return codes is [{ Scale: > 0 }] && !links.IsPinned(value);
    }

    private static Quantizer? QuantizerAt(GraphLinks links, Node node, int input) =>
        links.QuantizerAt(node.Name, input) is { IsEnabled: true, IsCalibrated: true } quantizer ? quantizer : null;
}
