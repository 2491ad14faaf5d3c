using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.PostTraining;

/// <summary>
/// Bias correction (Nagel et al. 2019): rounding its weights shifts the mean of a layer's outputs; the shift is taken out of the
/// bias, channel by channel. The fake-quantized network runs over one batch, and every layer is corrected before the next one runs, so
/// later corrections see the effect of earlier ones.
/// </summary>
/// <remarks>
/// Only the weights' error is corrected: the same quantized inputs meet float and rounded weights. The error of clipped inputs has a
/// mean as well, but a few outliers make it, and moving every output by it did harm (YOLOv6-Lite-S, entropy ranges: AP 0.18 to 0.05).
/// </remarks>
public static class BiasCorrection
{
    /// <param name="graph">A calibrated graph; it is not changed.</param>
    /// <param name="batches">
    /// Images of the calibration set, 16 to 64 in all: one batch, or several where the network takes no more at once.
    /// </param>
    /// <param name="device">Where it runs.</param>
    /// <returns>A copy with corrected biases. A layer without a bias gets one.</returns>
    public static Graph Apply(Graph graph, IReadOnlyList<PixelBatch> batches, Device? device = null)
    {
        var corrected = graph.Clone();
        var biases = AddMissingBiases(corrected);
        using var network = new TorchNetwork(corrected, device);
        Correct(network, biases, batches);
        return network.WriteBack();
    }

    private static void Correct(TorchNetwork network, Dictionary<string, string> biases, IReadOnlyList<PixelBatch> batches)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var parameters = network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);
        var plan = network.PlanFor(null);
        var runs = batches
            .Select(batch => network.Begin(
                plan,
                new Dictionary<string, Tensor> { [network.Inputs[0]] = batch.ToTensor(network.Device) },
                ExecutionMode.FakeQuantize))
            .ToArray();
        foreach (var step in plan.Steps)
        {
            Array.ForEach(runs, run => run.Execute(step));

            // A bias that several layers share is corrected at the first.
            if (biases.Remove(step.Node.Name, out var bias) && parameters.Remove(bias, out var parameter))
            {
                using var layerScope = NewDisposeScope();
                Shift(
                    parameter,
                    [.. runs.Select(run => (
                        run.Compute(step, ExecutionMode.FakeQuantize, keepsWeights: true)[0], run.Value(step.Outputs[0])))]);
            }

            Array.ForEach(runs, run => run.Release(step));
        }

        Array.ForEach(runs, run => run.Dispose());
    }

    // Adds the mean difference per channel to the bias and to the output that was computed with the old one.
    private static void Shift(Tensor bias, (Tensor Expected, Tensor Actual)[] outputs)
    {
        long[] others = [.. Enumerable.Range(0, (int)outputs[0].Actual.dim()).Where(axis => axis != 1).Select(axis => (long)axis)];
        var differences = outputs.Select(output => (output.Expected - output.Actual).mean(others, keepdim: true));
        var difference = differences.Aggregate((sum, next) => sum + next) / outputs.Length;
        bias.add_(difference.reshape(bias.shape));
        foreach (var (_, actual) in outputs)
        {
            actual.add_(difference);
        }
    }

    /// <summary>The constant that shifts each quantized layer's output, by the layer's name.</summary>
    private static Dictionary<string, string> AddMissingBiases(Graph graph)
    {
        var layers = QuantizedLayers.Of(graph).ToHashSet(StringComparer.Ordinal);
        return graph.Nodes
            .Where(node => node.OpType is "Conv" or "ConvTranspose" && layers.Contains(node.Name))
            .ToDictionary(node => node.Name, node => node.Input(2) ?? AddBias(graph, node), StringComparer.Ordinal);
    }

    private static string AddBias(Graph graph, Node node)
    {
        var weight = graph.Initializers[node.Inputs[1]];
        var channels = node.Is("Conv") ? weight.Dimensions[0] : weight.Dimensions[1] * node.Int("group", 1);
        var name = $"{node.Name}.corrected_bias";
        graph.Initializers.Add(name, GraphTensor.FromFloats([channels], new float[channels]));
        node.Inputs.RemoveRange(2, node.Inputs.Count - 2);
        node.Inputs.Add(name);
        return name;
    }
}
