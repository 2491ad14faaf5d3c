using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Stages.Torch.Calibration;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Torch.Tests.Calibration;

/// <summary>
/// Four convolutions, two and two, between which an exponential keeps the tensor in float: two regions. The timer is one that any order of
/// fast and slow layers can be told to.
/// </summary>
public sealed class MeasuredPlacementTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ChooseAsync_RegionThatLosesOnIntegers_StaysFloat()
    {
        var timer = new LayerTimer(("a", -1), ("b", -1), ("c", 2), ("d", 2));

        var choice = await ChooseAsync(timer);

        Assert.Equal(["a", "b"], Layers(choice!));
        Assert.Equal((100, 98, 100, true), (
            choice!.Figures.FloatMilliseconds, choice.Figures.ChosenMilliseconds, choice.Figures.FloatBesideChosen,
            choice.Figures.IsNotSlower));
    }

    [Fact]
    public async Task ChooseAsync_LayersThatNoEstimateQuantizes_AreTimedAllTheSame()
    {
        // Channels so few that integers never win by estimate.
        var timer = new LayerTimer(("a", -1), ("b", -1), ("c", 3), ("d", 3));

        var choice = await ChooseAsync(timer, channels: 4, size: 8);

        Assert.Equal(["a", "b"], Layers(choice!));
        Assert.Contains(choice!.Figures.Timed, timed => timed is { IsKept: true, IntegerLayers: 2 });
    }

    [Fact]
    public async Task ChooseAsync_NothingGains_TakesTheLeastLossAndSaysSo()
    {
        var choice = await ChooseAsync(new LayerTimer(("a", 1), ("b", 1), ("c", 5), ("d", 5)));

        Assert.False(choice!.Figures.IsNotSlower);
        Assert.Equal(["a", "b"], Layers(choice));
    }

    [Fact]
    public async Task ChooseAsync_AllGain_QuantizesAll()
    {
        var choice = await ChooseAsync(new LayerTimer(("a", -9), ("b", -9), ("c", -9), ("d", -9)));

        Assert.Equal(["a", "b", "c", "d"], Layers(choice!));
    }

    [Fact]
    public async Task PlacementTiming_ASecondTime_TakesWhatIsWrittenDown()
    {
        var context = new FolderContext(TinyRun.Specification, _folder.FullName);
        var calibrated = Calibrated(128, 32);
        var first = await new PlacementTiming(context, new LayerTimer(("a", -1), ("b", -1), ("c", 2), ("d", 2)))
            .ChooseAsync(Network(128, 32), calibrated, MachineProfiles.Avx2, Token);

        // Another machine, or another hour: everything gains.
        var timer = new LayerTimer(("a", -1), ("b", -1), ("c", -1), ("d", -1));
        var second = await new PlacementTiming(context, timer).ChooseAsync(Network(128, 32), calibrated, MachineProfiles.Avx2, Token);

        Assert.Equal(first!.FloatNodes, second!.FloatNodes);
        Assert.Equal(first.Figures.ChosenMilliseconds, second.Figures.ChosenMilliseconds);
        Assert.Equal(0, timer.Calls);
    }

    [Theory]
    [InlineData("measured", "ort-cpu", true)]
    [InlineData("measured", "tensorrt", false)]
    [InlineData("fastest", "ort-cpu", false)]
    public void PlacementTiming_IsForRunsThatAskForIt(string placement, string target, bool expected)
    {
        var specification = TinyRun.Specification with { Target = target, Partial = new PartialSpecification { Placement = placement } };

        Assert.Equal(expected, PlacementTiming.Of(new FolderContext(specification, _folder.FullName), specification) is not null);
    }

    [Fact]
    public async Task LayerPlacement_OfAMeasuredChoice_KeepsItAndFurtherLayersFloat()
    {
        var calibrated = Calibrated(128, 32);
        var choice = await ChooseAsync(new LayerTimer(("a", -1), ("b", -1), ("c", 2), ("d", 2)));
        var placement = new LayerPlacement(TinyRun.Specification, calibrated, MachineProfiles.Avx2, choice);

        Assert.Equal(["a", "b"], placement.Candidates);
        Assert.Equal(["b"], QuantizerSelection.Layers(placement.Place(new HashSet<string> { "a" })));
        Assert.Contains("98.00 ms against 100.00 ms in float", placement.Explanation, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<PlacementChoice?> ChooseAsync(LayerTimer timer, long channels = 128, long size = 32)
    {
        var calibrated = Calibrated(channels, size);
        return new MeasuredPlacement(
            timer,
            TargetRegistry.Build(Network(channels, size), FloatForm.Name).Graph,
            calibrated,
            TargetRegistry.OrtCpu.Fastest(calibrated, MachineProfiles.Avx2)!,
            _ => { }).ChooseAsync(Token);
    }

    private static string[] Layers(PlacementChoice choice) => [.. new[] { "a", "b", "c", "d" }.Except(choice.FloatNodes)];

    private static Graph Network(long channels, long size)
    {
        var graph = new Graph("test", 14);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [1, channels, size, size]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, null));
        var weight = new float[channels * channels];
        Array.Fill(weight, 0.1f);
        var last = "x";
        void Append(string name, string opType, params string[] more)
        {
            graph.Nodes.Add(new Node(name, opType, [last, .. more], [$"{name}.out"]));
            last = $"{name}.out";
        }

        foreach (var layer in new[] { "a", "b", "c", "d" })
        {
            graph.Initializers.Add($"{layer}.weight", Tensor.FromFloats([channels, channels, 1, 1], weight));
            if (layer == "c")
            {
                Append("between", "Exp");
            }

            Append(layer, "Conv", $"{layer}.weight");
        }

        graph.Nodes.Add(new Node("end", "GlobalMaxPool", [last], ["y"]));
        return graph;
    }

    private static Graph Calibrated(long channels, long size)
    {
        var graph = Network(channels, size);
        TargetRegistry.OrtCpu.Place(graph);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [new QuantizationRange(-3, 5)];
        }

        WeightRanges.Refresh(graph);
        return graph;
    }

    /// <summary>100 ms, and for every layer on integers what it wins or loses; the same in every round.</summary>
    private sealed class LayerTimer(params (string Layer, double Milliseconds)[] layers) : IGraphTimer
    {
        public int Calls { get; private set; }

        public Task<IReadOnlyList<IReadOnlyList<double>>> MeasureAsync(IReadOnlyList<Graph> graphs, CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult<IReadOnlyList<IReadOnlyList<double>>>(
                [.. graphs.Select(graph => Enumerable.Repeat(TimeOf(graph), 12).ToArray())]);
        }

        private double TimeOf(Graph graph)
        {
            var integers = TargetRegistry.OrtCpu.Lint(graph).Kernels
                .Where(kernel => kernel is { OpType: "Conv", Kernel: KernelKind.Integer }).Select(kernel => kernel.Node).ToHashSet();
            return 100 + layers.Where(layer => integers.Contains(layer.Layer)).Sum(layer => layer.Milliseconds);
        }
    }
}
