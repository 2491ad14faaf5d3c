using System.Globalization;
using QatPipeline.Engines;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>
/// Chooses what runs on integers by timing engines: the divisions that estimates propose, with conversions weighed in several ways, take
/// turns with the float engine; the fastest is then changed region by region, and a change stays only where it is faster beyond chance.
/// </summary>
/// <param name="timer">Times the engines.</param>
/// <param name="float">The float network as it is deployed.</param>
/// <param name="calibrated">The network with all quantizers on; not changed.</param>
/// <param name="fastest">Proposes divisions.</param>
/// <param name="report">Told what is timed.</param>
internal sealed class MeasuredPlacement(
    IGraphTimer timer, Graph @float, Graph calibrated, IFastestPlacement fastest, Action<string> report)
{
    private const int MostRegions = 10;

    // From "conversions cost nothing" to "integers must win by far".
    private static readonly double[] Margins = [1.5, 0, 0.5, 1, 3, 6];

    private readonly ITarget _target = TargetRegistry.Of(calibrated);
    private readonly Graph _shaped = LayerWork.WithShapes(calibrated);
    private readonly HashSet<string> _layers = QuantizerSelection.Layers(calibrated).ToHashSet(StringComparer.Ordinal);
    private readonly List<TimedPlacement> _timed = [];

    /// <summary>Chooses.</summary>
    /// <returns>The choice; null where no division leaves a layer on integers.</returns>
    /// <exception cref="EngineException">The runtime refuses a network.</exception>
    public async Task<PlacementChoice?> ChooseAsync(CancellationToken cancellationToken)
    {
        var candidates = Candidates().ToArray();
        if (candidates.Length == 0)
        {
            return null;
        }

        report($"timing {candidates.Length} divisions in turns");
        var samples = await timer.MeasureAsync(
            [@float, .. candidates.Select(candidate => Deployed(candidate.FloatNodes))], cancellationToken);
        var floatTime = LatencyStatistics.MedianOf(samples[0]);
        foreach (var (candidate, times) in candidates.Zip(samples.Skip(1)))
        {
            _timed.Add(new TimedPlacement(candidate.Name, IntegerLayers(candidate.FloatNodes), LatencyStatistics.MedianOf(times), IsKept: false));
        }

        var chosen = _timed.Index().MinBy(timed => timed.Item.Milliseconds).Index;
        _timed[chosen] = _timed[chosen] with { IsKept = true };
        HashSet<string> floatNodes = [.. candidates[chosen].FloatNodes];
        floatNodes = await VaryAsync(floatNodes, cancellationToken);

        report("timing the choice against float");
        var final = await PairedTiming.MeasureAsync(timer, Deployed(floatNodes), @float, cancellationToken);
        return new PlacementChoice(
            [.. calibrated.Nodes.Select(node => node.Name).Where(floatNodes.Contains)],
            new PlacementFigures(floatTime, final.First, final.Second, !final.SecondIsFaster, fastest.BoundMilliseconds, [.. _timed]));
    }

    /// <summary>The divisions, each once, and without those that leave everything float.</summary>
    private IEnumerable<(string Name, IReadOnlyList<string> FloatNodes)> Candidates()
    {
        var depthwise = _shaped.Nodes.Where(node => LayerWork.IsDepthwise(_shaped, node)).Select(node => node.Name)
            .ToHashSet(StringComparer.Ordinal);
        var none = new HashSet<string>(StringComparer.Ordinal);
        return Margins
            .Select(margin => (
                Name: string.Create(CultureInfo.InvariantCulture, $"least estimated time, conversions counted {margin} times"),
                FloatNodes: fastest.FloatNodes(none, margin)))
            .Append((Name: "depthwise convolutions float, conversions counted once", FloatNodes: fastest.FloatNodes(depthwise, 1)))
            .Append((Name: "all layers on integers", FloatNodes: WithoutIntegerKernel()))
            .DistinctBy(candidate => string.Join('\n', Quantized(candidate.FloatNodes)))
            .Where(candidate => IntegerLayers(candidate.FloatNodes) > 0);
    }

    private IReadOnlyList<string> WithoutIntegerKernel()
    {
        var nodes = calibrated.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _target.Lint(calibrated).Kernels
                .Where(kernel => kernel.Kernel == KernelKind.Float && nodes.Contains(kernel.Node)).Select(kernel => kernel.Node),
        ];
    }

    /// <summary>Tries regions the other way, those on integers and then those in float.</summary>
    private async Task<HashSet<string>> VaryAsync(HashSet<string> floatNodes, CancellationToken cancellationToken)
    {
        var all = _shaped.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        floatNodes = await VaryAsync(
            floatNodes, all.Except(floatNodes), "float as well", (nodes, region) => [.. nodes, .. region], cancellationToken);
        return await VaryAsync(
            floatNodes, floatNodes, "on integers as well", (nodes, region) => [.. nodes.Except(region)], cancellationToken);
    }

    /// <summary>
    /// Times each region of some nodes moved by itself, and moves those with which the engine is faster beyond chance, the greatest gains
    /// first, as long as a layer stays on integers.
    /// </summary>
    private async Task<HashSet<string>> VaryAsync(
        HashSet<string> floatNodes,
        IEnumerable<string> nodes,
        string where,
        Func<IEnumerable<string>, IEnumerable<string>, HashSet<string>> move,
        CancellationToken cancellationToken)
    {
        var gains = new List<(IReadOnlyList<string> Region, int Index, double Gain)>();
        foreach (var region in NodeRegions.Of(_shaped, nodes.ToHashSet(StringComparer.Ordinal), _layers).Take(MostRegions))
        {
            var moved = move(floatNodes, region);
            if (IntegerLayers(moved) is 0 || Quantized(moved).SequenceEqual(Quantized(floatNodes), StringComparer.Ordinal))
            {
                continue;
            }

            var count = region.Count(_layers.Contains);
            var name = $"{count} {(count == 1 ? "layer" : "layers")} around {region.First(_layers.Contains)} {where}";
            report($"timing {name}");
            var timing = await PairedTiming.MeasureAsync(timer, Deployed(moved), Deployed(floatNodes), cancellationToken);
            if (timing.FirstIsFaster)
            {
                gains.Add((region, _timed.Count, timing.Second - timing.First));
            }

            _timed.Add(new TimedPlacement(name, IntegerLayers(moved), timing.First, IsKept: false));
        }

        foreach (var (region, index, _) in gains.OrderByDescending(gain => gain.Gain))
        {
            var moved = move(floatNodes, region);
            if (IntegerLayers(moved) > 0)
            {
                floatNodes = moved;
                _timed[index] = _timed[index] with { IsKept = true };
            }
        }

        return floatNodes;
    }

    private int IntegerLayers(IReadOnlyCollection<string> floatNodes) => Quantized(floatNodes).Count;

    private IReadOnlyList<string> Quantized(IReadOnlyCollection<string> floatNodes) => QuantizerSelection.Layers(Placed(floatNodes));

    private Graph Placed(IReadOnlyCollection<string> floatNodes)
    {
        var graph = calibrated.Clone();
        _target.LeaveFloat(graph, floatNodes);
        return graph;
    }

    private Graph Deployed(IReadOnlyCollection<string> floatNodes) => _target.Build(Placed(floatNodes), _target.Forms[0]).Graph;
}

/// <summary>A choice by measured time.</summary>
/// <param name="FloatNodes">The nodes to leave float, in execution order.</param>
/// <param name="Figures">What was measured.</param>
internal sealed record PlacementChoice(IReadOnlyList<string> FloatNodes, PlacementFigures Figures);
