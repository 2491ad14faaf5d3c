using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Passes;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>The findings on biases of integer layers: those that do not fit int32, and what it took to make them fit.</summary>
internal static class OrtCpuBiasLint
{
    private const int FewCodes = 64;

    public static IEnumerable<LintFinding> Findings(Graph graph, GraphLinks links, OrtCpuFusion fusion)
    {
        foreach (var layer in graph.Nodes.Where(node => node.Is("Conv") || node.Is("Gemm")))
        {
            if (Pair(graph, links, layer, 0) is not ({ Axis: null } input, _) || Pair(graph, links, layer, 1) is not var (weight, codes))
            {
                continue;
            }

            if (fusion.IsBiasRoundedByRuntime(layer))
            {
                var bias = graph.Initializers[layer.Inputs[2]].ToFloats();
                var overflown = Channels(bias.Length, channel => Math.Abs(bias[channel]) > int.MaxValue * ScaleOf(input, weight, channel));
                if (overflown.Length > 0)
                {
                    yield return Overflow(layer, overflown);
                }
            }
            else if (Pair(graph, links, layer, 2) is ({ Type: ElementType.Int32 }, { } biasCodes))
            {
                foreach (var finding in Written(layer, biasCodes.ToLongs(), codes))
                {
                    yield return finding;
                }
            }
        }
    }

    private static IEnumerable<LintFinding> Written(Node layer, long[] bias, Tensor? weight)
    {
        var saturated = Channels(bias.Length, channel => Math.Abs(bias[channel]) == BiasCode.Limit);
        if (saturated.Length > 0)
        {
            yield return new(
                LintSeverity.Error,
                "bias-saturated",
                [layer.Name],
                $"{layer}: the bias of {Listed(saturated)} is cut off at the end of int32; simulation and engine agree on it, but it is "
                    + "not the bias of the network.",
                "Look at the range of the layer's input, which is too small to be true, or leave the layer float with partial.skip.");
        }

        var largest = weight is null ? [] : LargestCodes(layer, weight);
        var widened = Channels(largest.Length, channel => Math.Abs(bias[channel]) > BiasCode.Target / 2 && largest[channel] < FewCodes);
        if (widened.Length > 0)
        {
            var products = weight!.Length / largest.Length;
            yield return new(
                LintSeverity.Info,
                "weight-scale-raised",
                [layer.Name],
                $"{layer}: the bias of {Listed(widened)} fits int32 only with a larger weight scale, so that the largest weight code there "
                    + $"is {widened.Max(channel => largest[channel])}. Rounding the weights moves these outputs by at most "
                    + FormattableString.Invariant($"{products / (double)(1 << 22):P3} of their biases."),
                "Nothing needs to be done: such a channel is nearly constant.");
        }
    }

    private static LintFinding Overflow(Node layer, int[] channels) => new(
        LintSeverity.Error,
        "bias-overflow",
        [layer.Name],
        $"{layer}: the bias of {Listed(channels)} is larger than int32 can hold at the scales of input and weight. "
            + "The runtime rounds it all the same, it wraps around, and the outputs are wrong.",
        "Write the model with `qat optimize --target ort-cpu`, which raises the weight scales of these channels until their biases fit.");

    private static int[] Channels(int count, Func<int, bool> condition) => [.. Enumerable.Range(0, count).Where(condition)];

    private static double ScaleOf(QuantizeParameters input, QuantizeParameters weight, int channel) =>
        (double)input.Scales[0] * weight.Scales[weight.Scales.Length == 1 ? 0 : channel];

    /// <summary>Parameters of a dequantized input, and its codes where they are constant.</summary>
    private static (QuantizeParameters Parameters, Tensor? Codes)? Pair(Graph graph, GraphLinks links, Node layer, int input) =>
        layer.Input(input) is { } value
        && links.ProducerOf(value) is { OpType: "DequantizeLinear" } dequantize
        && QuantizeParameters.Of(graph, links, dequantize) is { } parameters
            ? (parameters, graph.FindConstant(links, dequantize.Inputs[0]))
            : null;

    private static long[] LargestCodes(Node layer, Tensor weight)
    {
        var axis = BatchNormalizationHost.ChannelAxisOf(layer);
        var inner = weight.RunLength(axis);
        var largest = new long[weight.Dimensions[axis]];
        foreach (var (position, code) in weight.ToLongs().Index())
        {
            var channel = position / inner % largest.Length;
            largest[channel] = Math.Max(largest[channel], Math.Abs(code));
        }

        return largest;
    }

    private static string Listed(int[] channels) =>
        (channels.Length == 1 ? "channel " : $"{channels.Length} channels, among them ") + string.Join(", ", channels.Take(3));
}
