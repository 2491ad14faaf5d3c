using QatPipeline.Graphs.Costs;

namespace QatPipeline.Torch.Execution;

/// <summary>
/// Finds out whether a graph that was written for a fixed number of pictures can take more of them in a pass. Many cannot, although
/// nothing in their input says so: a Reshape that moves the batch into the rows, a constant index of the first picture.
/// </summary>
internal static class BatchProbe
{
    private const int UsualSide = 64;
    private const int Seed = 1;

    /// <summary>Greatest difference, in parts of an output's largest magnitude, that another order of sums explains.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>True where two batches at once give what they give one after the other, on noise and without quantization.</summary>
    /// <param name="graph">With one input.</param>
    /// <param name="device">Where it runs.</param>
    public static bool AreIndependent(Graph graph, Device device)
    {
        using var scope = NewDisposeScope();
        using var network = new TorchNetwork(graph, device);
        using var generator = new Generator(Seed);
        var side = NominalSize.Of(graph) ?? (UsualSide, UsualSide);
        long[] sizes =
        [
            .. graph.FindValue(network.Inputs[0])!.Shape!
                .Select((size, axis) => size.Value ?? (axis == 2 ? side.Height : side.Width)),
        ];
        Tensor[] parts = [rand(sizes, generator: generator).to(device), rand(sizes, generator: generator).to(device)];
        try
        {
            var together = Outputs(network, cat(parts));
            var apart = parts.Select(part => Outputs(network, part)).ToArray();
            return together.All(output => Agree(output.Value, cat([.. apart.Select(values => values[output.Key])])));
        }
        catch (TorchExecutionException)
        {
            return false;
        }
    }

    private static IReadOnlyDictionary<string, Tensor> Outputs(TorchNetwork network, Tensor images) =>
        network.Forward(new Dictionary<string, Tensor> { [network.Inputs[0]] = images });

    private static bool Agree(Tensor together, Tensor apart)
    {
        if (!together.shape.SequenceEqual(apart.shape))
        {
            return false;
        }

        var (actual, expected) = (together.to(ScalarType.Float64), apart.to(ScalarType.Float64));
        return actual.numel() == 0
            || (actual - expected).abs().max().item<double>() <= Tolerance * expected.abs().max().item<double>();
    }
}
