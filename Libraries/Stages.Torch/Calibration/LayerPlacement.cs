using System.Globalization;
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
    private readonly PlacementChoice? _measured;

    /// <param name="specification">Target and placement.</param>
    /// <param name="calibrated">The graph with all quantizers on; not changed.</param>
    /// <param name="machine">What kernels cost where the engine will run.</param>
    /// <param name="measured">The choice by measured time, where there is one.</param>
    public LayerPlacement(
        RunSpecification specification, Graph calibrated, MachineProfile machine, PlacementChoice? measured = null)
    {
        _calibrated = calibrated;
        Layers = QuantizerSelection.Layers(calibrated);
        Candidates = Layers;
        _measured = measured;
        if (measured is not null)
        {
            Candidates = QuantizerSelection.Layers(WithFloat(measured.FloatNodes));
        }
        else if (specification.Partial.Placement != "all"
            && TargetRegistry.Get(specification.Target).Fastest(calibrated, machine) is { } fastest)
        {
            var gaining = Layers.Except(fastest.FloatNodes(new HashSet<string>()), StringComparer.Ordinal).ToArray();
            if (gaining.Length > 0)
            {
                (_fastest, Candidates) = (fastest, gaining);
            }
        }
    }

    /// <summary>What was timed to choose; null where the choice follows estimates.</summary>
    public PlacementFigures? Measured => _measured?.Figures;

    /// <summary>Every layer that can be quantized, in execution order.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Those quantized to begin with; all where none gains, because a run without integers would not be a quantization.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>What <see cref="Candidates"/> are, in a sentence; null where they are all layers by choice.</summary>
    public string? Explanation => (_fastest, _measured) switch
    {
        (_, { Figures: var times }) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Candidates.Count} of {Layers.Count} layers on integers are the fastest division of {times.Timed.Count} that were timed, "
                + $"{times.ChosenMilliseconds:F2} ms against {times.FloatBesideChosen:F2} ms in float")
            + (times.IsNotSlower ? "" : ", so that integers gain nothing here"),
        (null, null) => null,
        _ => $"{Candidates.Count} of {Layers.Count} layers save estimated time on integers, conversions included; the others stay float",
    };

    /// <summary>A copy with some layers left float, and with them what is not worth quantizing any more.</summary>
    public Graph Place(IReadOnlySet<string> floatLayers)
    {
        if (_measured is not null)
        {
            var timed = WithFloat([.. _measured.FloatNodes, .. floatLayers]);
            if (QuantizerSelection.Layers(timed).Count > 0)
            {
                return timed;
            }
        }

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
