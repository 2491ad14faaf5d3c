using QatPipeline.Engines;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Quantization.Search;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>
/// Chooses the layers to leave float by AP on calibration images and, where costs are known, by time: the estimated one, or, where a timer
/// is given, the measured one.
/// </summary>
internal sealed class PartialSearch(
    RunSpecification specification, GraphEvaluation evaluation, MeasuredFigures measured, MachineProfile machine, IGraphTimer? timer)
{
    private readonly ITarget _target = TargetRegistry.Get(specification.Target);

    /// <param name="model">The float model.</param>
    /// <param name="placement">What is quantized for a choice of float layers.</param>
    /// <param name="layers">The layers that may stay float.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was found, and the graph with the layers left float.</returns>
    public async Task<(SearchFigures Figures, Graph Graph)> RunAsync(
        Graph model, LayerPlacement placement, IReadOnlyList<SearchLayer> layers, CancellationToken cancellationToken)
    {
        var partial = specification.Partial;
        var floatAp = await ApAsync("search: float", model, ExecutionMode.Float, cancellationToken);
        var leastAp = floatAp - (specification.Qat is null ? partial.MaxApLoss : partial.MaxApLossBeforeTraining);
        var floatTime = await MillisecondsAsync(model, [], cancellationToken);
        var longest = partial.MinSpeedup > 0 ? floatTime / partial.MinSpeedup : null;
        var count = 0;
        var search = new PartialQuantizationSearch(
            layers,
            new SearchBudget(leastAp, longest, PrefersSpeed: timer is not null),
            async (floatLayers, token) =>
            {
                var graph = placement.Place(floatLayers);
                var quantized = QuantizerSelection.Layers(graph);
                var time = await MillisecondsAsync(graph, quantized, token) ?? 0;
                var activity =
                    $"search: choice {++count} of at most {partial.MaxMeasurements}, "
                    + $"{quantized.Count} of {placement.Layers.Count} layers quantized";
                var figures = await measured.GetAsync(
                    $"search: {string.Join('\n', quantized)}",
                    async () =>
                        [await evaluation.MeasureSelectionAsync(activity, graph, ExecutionMode.FakeQuantize, partial.Images, token)],
                    token);
                return new SearchMeasurement(figures[0], time);
            },
            partial.MaxMeasurements);
        var result = await search.RunAsync(cancellationToken);
        var chosen = placement.Place(result.FloatLayers.ToHashSet(StringComparer.Ordinal));
        string[] floats = [.. placement.Layers.Except(QuantizerSelection.Layers(chosen), StringComparer.Ordinal)];
        var explanation = placement.Explanation is { } slow ? $"{slow}. Of these, {result.Explanation}" : result.Explanation;
        var figures = new SearchFigures(
            evaluation.FirstCalibrationImages(partial.Images).Count, floatAp, leastAp, floatTime, longest, result.Steps, floats,
            [.. floats.Except(result.FloatLayers, StringComparer.Ordinal)], result.MeetsBudget, explanation, placement.Measured);
        return (figures, chosen);
    }

    /// <summary>Measured times are written down as APs are: a run that goes on decides by the same ones.</summary>
    private async Task<double?> MillisecondsAsync(Graph graph, IReadOnlyList<string> quantized, CancellationToken cancellationToken)
    {
        if (timer is null)
        {
            return _target.Estimate(graph, machine)?.Milliseconds;
        }

        var figures = await measured.GetAsync(
            $"search time: {string.Join('\n', quantized)}",
            async () =>
            {
                var deployed = TargetRegistry.Build(graph, quantized.Count > 0 ? _target.Forms[0] : FloatForm.Name).Graph;
                var samples = await timer.MeasureAsync([deployed], cancellationToken);
                return [LatencyStatistics.MedianOf(samples[0])];
            },
            cancellationToken);
        return figures[0];
    }

    private async Task<double> ApAsync(string name, Graph graph, ExecutionMode mode, CancellationToken cancellationToken)
    {
        var figures = await measured.GetAsync(
            name,
            async () => [await evaluation.MeasureSelectionAsync(name, graph, mode, specification.Partial.Images, cancellationToken)],
            cancellationToken);
        return figures[0];
    }
}
