using System.Globalization;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets;

/// <summary>
/// The weight half of <see cref="EqualityCertificate"/>: every code and every channel's scale, batch normalization accounted for.
/// </summary>
internal static class WeightComparison
{
    /// <summary>Folded scales are products rounded to float32 once or twice.</summary>
    private const double ScaleTolerance = 4e-7;

    /// <returns>The number of codes compared.</returns>
    public static long Compare(Graph simulated, TargetModel model, List<CertificateDifference> differences)
    {
        var count = 0L;
        var links = simulated.Link();
        var nodes = simulated.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var deployed = model.Graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in simulated.Quantizers.Where(quantizer => quantizer is { IsEnabled: true, IsWeight: true }))
        {
            var layer = nodes[quantizer.Uses[0].Node];
            var weight = layer.Inputs[quantizer.Uses[0].Input];
            var codes = WeightCodes.Quantize(simulated.Initializers[weight], quantizer);
            if (!deployed.TryGetValue(layer.Name, out var target) || model.WeightOf(target, quantizer) is not { } actual)
            {
                differences.Add(new(quantizer.Name, weight, $"the weight of '{layer.Name}' is not quantized"));
                continue;
            }

            count += codes.Length;
            var host = links.SoleConsumerOf(layer.Outputs[0]) is { } next && !IsLive(deployed, next)
                ? BatchNormalizationHost.Find(simulated, links, next)
                : null;
            CompareChannels(quantizer, weight, codes, actual, host, differences);
        }

        return count;
    }

    private static bool IsLive(Dictionary<string, Node> deployed, Node node) =>
        deployed.TryGetValue(node.Name, out var same) && same.Is("BatchNormalization");

    private static void CompareChannels(
        Quantizer quantizer,
        string weight,
        Tensor codes,
        DeployedWeight actual,
        BatchNormalizationHost? host,
        List<CertificateDifference> differences)
    {
        var parameters = quantizer.Parameters();
        var (expected, found) = (codes.ToLongs(), actual.Codes.ToLongs());
        var axis = actual.Axis ?? 0;
        var inner = actual.Codes.RunLength(axis);
        var channels = actual.Codes.Dimensions.Count > axis ? actual.Codes.Dimensions[axis] : 1;
        var (different, hasWeights) = (new long[channels], new bool[channels]);
        for (var position = 0; position < expected.Length; position++)
        {
            var code = host is null ? expected[position] : Sign(quantizer, host, host.ChannelAt(position)) * expected[position];
            var channel = position / inner % channels;
            hasWeights[channel] |= code != 0;
            different[channel] += found[position] == code ? 0 : 1;
        }

        for (var channel = 0; channel < channels; channel++)
        {
            var factor = host is null ? 1 : Math.Abs(host.Factor[channel]);
            var scale = parameters[parameters.Length == 1 ? 0 : channel].Scale * factor;
            var deployedScale = actual.Scales[actual.Scales.Length == 1 ? 0 : channel];
            if (different[channel] > 0 || (hasWeights[channel] && Math.Abs(deployedScale - scale) > ScaleTolerance * scale))
            {
                differences.Add(new(quantizer.Name, weight, string.Create(
                    CultureInfo.InvariantCulture,
                    $"channel {channel}: {different[channel]} codes differ; scale {scale:R} simulated, {deployedScale:R} deployed")));
            }
        }
    }

    /// <summary>What folding does to a channel's codes; 0 where nothing is left of it.</summary>
    private static int Sign(Quantizer quantizer, BatchNormalizationHost host, int channel)
    {
        var factor = host.Factor[channel];
        var range = quantizer.Ranges[quantizer.Ranges.Count == 1 ? 0 : channel];
        return FoldBatchNormalizationThroughQuantizer.Vanishes(range, factor) ? 0 : Math.Sign(factor);
    }
}
