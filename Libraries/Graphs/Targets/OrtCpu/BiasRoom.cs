using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>Widens weight ranges until the biases of layers on integers fit int32 (<see cref="IntegerBiasValues.WithRoom"/>).</summary>
internal static class BiasRoom
{
    public static void Make(Graph graph, ITarget target)
    {
        foreach (var bias in target.IntegerBiases(graph))
        {
            if (bias.Evaluate(graph).WithRoom(bias.Weight.Scheme, bias.Weight.Ranges) is { } ranges)
            {
                // One range for the whole weight becomes one per channel: the other channels keep theirs.
                bias.Weight.Axis ??= BatchNormalizationHost.ChannelAxisOf(bias.Layer);
                bias.Weight.Ranges = ranges;
            }
        }
    }
}
