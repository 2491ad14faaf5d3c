using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets.OrtCpu;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

public sealed class FastestPlacementTests
{
    private static readonly HashSet<string> None = [];

    [Fact]
    public void LargeConvolutions_RunOnIntegers_AsOneRegion()
    {
        var placement = new FastestPlacement(Calibrated(channels: 128, size: 32), MachineProfiles.Avx2);

        Assert.Empty(placement.FloatNodes(None).Intersect(["a.Conv", "b.Conv", "c.Conv"]));
    }

    [Fact]
    public void SmallConvolutions_StayFloat_BecauseConversionsCostMore()
    {
        var placement = new FastestPlacement(Calibrated(channels: 4, size: 8), MachineProfiles.Avx2);

        Assert.Equal(["a.Conv", "b.Conv", "c.Conv"], placement.FloatNodes(None).Intersect(["a.Conv", "b.Conv", "c.Conv"]));
    }

    [Fact]
    public void LayerForcedFloat_StaysFloat_AndWhatNoLongerGainsWithIt()
    {
        var placement = new FastestPlacement(Calibrated(channels: 128, size: 32), MachineProfiles.Avx2);

        Assert.Contains("b.Conv", placement.FloatNodes(new HashSet<string> { "b.Conv" }));
        Assert.Equal(
            ["a.Conv", "b.Conv", "c.Conv"],
            placement.FloatNodes(new HashSet<string> { "a.Conv", "b.Conv", "c.Conv" }).Intersect(["a.Conv", "b.Conv", "c.Conv"]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(24)]
    [InlineData(128)]
    public void ChosenNodes_GiveAGraphNoSlowerThanAllFloatAndAllInteger(long first)
    {
        var calibrated = Calibrated(channels: 128, size: 32, first);
        var placed = calibrated.Clone();
        TargetRegistry.OrtCpu.LeaveFloat(placed, new FastestPlacement(calibrated, MachineProfiles.Avx2).FloatNodes(None));

        var time = Estimate(placed, "ort-cpu");

        Assert.True(
            time <= Estimate(calibrated, "ort-cpu"), $"{time} ms placed, {Estimate(calibrated, "ort-cpu")} ms all integer");
        Assert.True(time <= Estimate(calibrated, "float"), $"{time} ms placed, {Estimate(calibrated, "float")} ms float");
    }

    private static double Estimate(Graph graph, string form) =>
        OrtCpuCostModel.Estimate(TargetRegistry.Build(graph, form).Graph, MachineProfiles.Avx2).Milliseconds;

    private static Graph Calibrated(long channels, long size, long? first = null)
    {
        var middle = first ?? channels;
        var graph = new GraphBuilder(opset: 14)
            .Input("x", 1, channels, size, size)
            .Constant("wa", RandomTensors.Normal(1, middle, channels, 1, 1))
            .Constant("wb", RandomTensors.Normal(2, channels, middle, 1, 1))
            .Constant("wc", RandomTensors.Normal(3, channels, channels, 1, 1))
            .Node("Conv", "x wa", "a")
            .Node("HardSwish", "a", "ah")
            .Node("Conv", "ah wb", "b")
            .Node("HardSwish", "b", "bh")
            .Node("Conv", "bh wc", "c")
            .Node("HardSwish", "c", "y")
            .Output("y").Graph;
        TargetRegistry.OrtCpu.Place(graph, new PlacementOptions { SkipNodes = [] });
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [new QuantizationRange(-3, 5)];
        }

        WeightRanges.Refresh(graph);
        return graph;
    }
}
