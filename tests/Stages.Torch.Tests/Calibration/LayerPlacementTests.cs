using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Stages.Torch.Calibration;

namespace QatPipeline.Stages.Torch.Tests.Calibration;

/// <summary>Two convolutions with HardSwish between them: large ones gain from integers, small ones do not.</summary>
public sealed class LayerPlacementTests
{
    private static readonly HashSet<string> None = [];

    [Fact]
    public void Fastest_OffersTheLayersThatGain()
    {
        var placement = Placement("fastest", channels: 128, size: 32);

        Assert.Equal(["a", "b"], placement.Candidates);
        Assert.Equal(["a", "b"], QuantizerSelection.Layers(placement.Place(None)));
        Assert.Contains("2 of 2", placement.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Fastest_WhereNothingGains_OffersAll()
    {
        var placement = Placement("fastest", channels: 4, size: 8);

        Assert.Equal(["a", "b"], QuantizerSelection.Layers(placement.Place(None)));
        Assert.Null(placement.Explanation);
    }

    [Fact]
    public void All_QuantizesWhateverItCosts() =>
        Assert.Equal(["a", "b"], QuantizerSelection.Layers(Placement("all", channels: 4, size: 8).Place(None)));

    [Theory]
    [InlineData("fastest")]
    [InlineData("all")]
    public void LayerLeftFloat_IsNotQuantized_AndAnotherStays(string placement)
    {
        var placed = Placement(placement, channels: 128, size: 32).Place(new HashSet<string> { "a" });

        Assert.Equal(["b"], QuantizerSelection.Layers(placed));
    }

    private static LayerPlacement Placement(string placement, long channels, long size) => new(
        new RunSpecification { Name = "test", Model = new(), Data = new(), Partial = new() { Placement = placement } },
        Calibrated(channels, size),
        MachineProfiles.Avx2);

    private static Graph Calibrated(long channels, long size)
    {
        var graph = new Graph("test", 14);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [1, channels, size, size]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, null));
        var weight = new float[channels * channels];
        Array.Fill(weight, 0.1f);
        foreach (var (layer, input, output) in new[] { ("a", "x", "h"), ("b", "h", "y") })
        {
            graph.Initializers.Add($"{layer}.weight", Tensor.FromFloats([channels, channels, 1, 1], weight));
            graph.Nodes.Add(new Node(layer, "Conv", [input, $"{layer}.weight"], [$"{layer}.out"]));
            graph.Nodes.Add(new Node($"{layer}.act", "HardSwish", [$"{layer}.out"], [output]));
        }

        TargetRegistry.OrtCpu.Place(graph);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [new QuantizationRange(-3, 5)];
        }

        WeightRanges.Refresh(graph);
        return graph;
    }
}
