using System.Globalization;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets;

/// <summary>
/// The activation half of <see cref="EqualityCertificate"/>: scale and zero point of every quantized node input, bit for bit.
/// </summary>
internal static class ActivationComparison
{
    /// <returns>The number of inputs compared.</returns>
    public static int Compare(Graph simulated, TargetModel model, List<CertificateDifference> differences)
    {
        var nodes = simulated.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var deployed = model.ActivationLookup();
        var count = 0;
        foreach (var quantizer in simulated.Quantizers.Where(quantizer => quantizer is { IsEnabled: true, IsWeight: false }))
        {
            var expected = quantizer.Parameters()[0];
            foreach (var use in quantizer.Uses)
            {
                count++;
                var tensor = nodes[use.Node].Inputs[use.Input];
                if (deployed(nodes[use.Node], use.Input) is not { } actual)
                {
                    differences.Add(new(quantizer.Name, tensor, $"input {use.Input} of '{use.Node}' is not quantized"));
                }
                else if (actual.Scale != expected.Scale || actual.ZeroPoint != expected.ZeroPoint)
                {
                    differences.Add(new(quantizer.Name, tensor, string.Create(
                        CultureInfo.InvariantCulture,
                        $"scale {expected.Scale:R}, zero point {expected.ZeroPoint} simulated; "
                        + $"{actual.Scale:R}, {actual.ZeroPoint} deployed")));
                }
            }
        }

        return count;
    }
}
