using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.PostTraining;

/// <summary>
/// Empirical bias correction (Nagel et al. 2019): rounding shifts the mean of a layer's outputs; the shift is taken out of its bias,
/// channel by channel. Float and quantized network run side by side over one batch and every layer is corrected before the next one
/// runs, so later corrections see the effect of earlier ones.
/// </summary>
public static class BiasCorrection
{
    /// <param name="graph">A calibrated graph; it is not changed.</param>
    /// <param name="batch">Images of the calibration set, all at once: 16 to 64.</param>
    /// <param name="reference">The float graph to match, with the same names; the graph itself, unquantized, where null.</param>
    /// <param name="device">Where it runs.</param>
    /// <returns>A copy with corrected biases. A layer without a bias gets one, or has its batch normalization's shift corrected.</returns>
    public static Graph Apply(Graph graph, PixelBatch batch, Graph? reference = null, Device? device = null)
    {
        var corrected = graph.Clone();
        var biases = AddMissingBiases(corrected);
        var original = reference is null ? corrected : reference.Clone();
        if (reference is not null)
        {
            AddMissingBiases(original, corrected);
        }

        using var expected = new TorchNetwork(original, device);
        using var actual = new TorchNetwork(corrected, device);
        Correct(expected, actual, biases, batch);
        return actual.WriteBack();
    }

    private static void Correct(TorchNetwork expected, TorchNetwork actual, Dictionary<string, string> biases, PixelBatch batch)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var parameters = actual.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);
        var inputs = new Dictionary<string, Tensor> { [actual.Inputs[0]] = batch.ToTensor(actual.Device) };
        var (expectedPlan, actualPlan) = (expected.PlanFor(null), actual.PlanFor(null));
        using var reference = expected.Begin(expectedPlan, inputs, ExecutionMode.Float);
        using var quantized = actual.Begin(actualPlan, inputs, ExecutionMode.FakeQuantize);
        foreach (var (referenceStep, step) in expectedPlan.Steps.Zip(actualPlan.Steps))
        {
            reference.Execute(referenceStep);
            quantized.Execute(step);

            // A bias that several layers share is corrected at the first.
            if (biases.Remove(step.Node.Name, out var bias) && parameters.Remove(bias, out var parameter))
            {
                Shift(parameter, reference.Value(referenceStep.Outputs[0]), quantized.Value(step.Outputs[0]));
            }

            reference.Release(referenceStep);
            quantized.Release(step);
        }
    }

    // Adds the mean difference per channel to the bias and to the output that was computed with the old one.
    private static void Shift(Tensor bias, Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        long[] others = [.. Enumerable.Range(0, (int)actual.dim()).Where(axis => axis != 1).Select(axis => (long)axis)];
        var difference = (expected - actual).mean(others, keepdim: true);
        bias.add_(difference.reshape(bias.shape));
        actual.add_(difference);
    }

    /// <summary>The constant that shifts each quantized layer's output, by the name of the node whose output it shifts.</summary>
    private static Dictionary<string, string> AddMissingBiases(Graph graph, Graph? like = null)
    {
        var links = graph.Link();
        var biases = new Dictionary<string, string>(StringComparer.Ordinal);
        var layers = QuantizedLayers.Of(like ?? graph).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => node.OpType is "Conv" or "ConvTranspose" && layers.Contains(node.Name)))
        {
            if (node.Input(2) is { } bias)
            {
                biases.Add(node.Name, bias);
            }
            else if (links.SoleConsumerOf(node.Outputs[0]) is { } normalization && normalization.Is("BatchNormalization"))
            {
                biases.Add(normalization.Name, normalization.Inputs[2]);
            }
            else
            {
                biases.Add(node.Name, AddBias(graph, node));
            }
        }

        return biases;
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
