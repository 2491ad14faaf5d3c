using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>
/// Which layers are quantized for a given choice of float ones: where the specification asks for it, only those that gain time.
/// </summary>
internal sealed class LayerPlacement
{
    private readonly Graph _calibrated;
    private readonly IFastestPlacement? _fastest;

    /// <param name="specification">Target and placement.</param>
    /// <param name="calibrated">The graph with all quantizers on; not changed.</param>
    /// <param name="machine">What kernels cost where the engine will run.</param>
    public LayerPlacement(RunSpecification specification, Graph calibrated, MachineProfile machine)
    {
        _calibrated = calibrated;
        Layers = QuantizerSelection.Layers(calibrated);
        Candidates = Layers;
        if (specification.Partial.Placement == "fastest" && TargetRegistry.Get(specification.Target).Fastest(calibrated, machine) is { } fastest)
        {
            var gaining = Layers.Except(fastest.FloatNodes(new HashSet<string>()), StringComparer.Ordinal).ToArray();
            if (gaining.Length > 0)
            {
                (_fastest, Candidates) = (fastest, gaining);
            }
        }
    }

    /// <summary>Every layer that can be quantized, in execution order.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Those quantized to begin with; all where none gains, because a run without integers would not be a quantization.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>What <see cref="Candidates"/> are, in a sentence; null where they are all layers by choice.</summary>
    public string? Explanation => _fastest is null
        ? null
        : $"{Candidates.Count} of {Layers.Count} layers save estimated time on integers, conversions included; the others stay float";

    /// <summary>A copy with some layers left float, and with them what is not worth quantizing any more.</summary>
    public Graph Place(IReadOnlySet<string> floatLayers)
    {
        if (_fastest is not null)
        {
            var placed = WithFloat(_fastest.FloatNodes(floatLayers));
            if (QuantizerSelection.Layers(placed).Count > 0)
            {
                return placed;
            }
        }

        return WithFloat([.. Layers.Where(layer => floatLayers.Contains(layer) || !Candidates.Contains(layer))]);
    }

    private Graph WithFloat(IReadOnlyCollection<string> floatNodes)
    {
        var graph = _calibrated.Clone();
        if (floatNodes.Count > 0)
        {
            TargetRegistry.Of(graph).LeaveFloat(graph, floatNodes);
        }

        return graph;
    }
}
