using System.Globalization;

namespace QatPipeline.Graphs.Targets;

/// <summary>
/// The bias third of <see cref="EqualityCertificate"/>: the int32 code of every bias on integers, and that no other bias is rounded.
/// </summary>
internal static class BiasComparison
{
    /// <returns>The number of codes compared.</returns>
    public static long Compare(Graph simulated, TargetModel model, List<CertificateDifference> differences)
    {
        var biases = model.Target!.IntegerBiases(simulated).ToDictionary(bias => bias.Layer.Name, StringComparer.Ordinal);
        var links = model.Graph.Link();
        var count = 0L;
        foreach (var layer in model.Graph.Nodes)
        {
            var written = CodesOf(model.Graph, links, layer);
            if (!biases.Remove(layer.Name, out var bias))
            {
                if (written is not null)
                {
                    differences.Add(new(layer.Name, layer.Inputs[2], $"the bias of '{layer.Name}' is rounded, its simulation is not"));
                }

                continue;
            }

            var expected = bias.Evaluate(simulated).Channels;
            count += expected.Count;
            if (written is null || written.Length != expected.Count)
            {
                differences.Add(new(bias.Weight.Name, layer.Name, $"the bias of '{layer.Name}' is not written as int32 codes"));
                continue;
            }

            var codes = written.As<int>().ToArray();
            differences.AddRange(expected.Index().Where(channel => channel.Item.Code != codes[channel.Index]).Select(
                channel => new CertificateDifference(bias.Weight.Name, layer.Inputs[2], string.Create(
                    CultureInfo.InvariantCulture,
                    $"channel {channel.Index}: bias code {channel.Item.Code} simulated, {codes[channel.Index]} deployed"))));
        }

        differences.AddRange(biases.Values.Select(bias => new CertificateDifference(
            bias.Weight.Name, bias.Layer.Name, $"the layer '{bias.Layer.Name}' is missing")));
        return count;
    }

    private static Tensor? CodesOf(Graph graph, GraphLinks links, Node layer) =>
        layer.OpType is "Conv" or "Gemm"
        && layer.Input(2) is { } value
        && links.ProducerOf(value) is { OpType: "DequantizeLinear" } dequantize
        && graph.Initializers.TryGetValue(dequantize.Inputs[0], out var codes)
        && codes.Type == ElementType.Int32
            ? codes
            : null;
}
