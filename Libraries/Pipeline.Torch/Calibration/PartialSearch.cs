using QatPipeline.Contracts;
using QatPipeline.Graphs;
using QatPipeline.Pipeline.Torch.Detectors;
using QatPipeline.Quantization;
using QatPipeline.Torch;

namespace QatPipeline.Pipeline.Torch.Calibration;

/// <summary>Chooses the layers to leave float by AP on calibration images and, for ONNX Runtime, by estimated time.</summary>
internal sealed class PartialSearch(RunSpecification specification, GraphEvaluation evaluation, MeasuredFigures measured)
{
    /// <param name="model">The float model.</param>
    /// <param name="calibrated">The graph with all quantizers on; not changed.</param>
    /// <param name="layers">The layers that may stay float.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<SearchFigures> RunAsync(Graph model, Graph calibrated, IReadOnlyList<SearchLayer> layers, CancellationToken cancellationToken)
    {
        var partial = specification.Partial;
        var floatAp = await ApAsync("search: float", model, ExecutionMode.Float, cancellationToken).ConfigureAwait(false);
        var leastAp = floatAp - (specification.Qat is null ? partial.MaxApLoss : partial.MaxApLossBeforeTraining);
        double? floatTime = specification.Target == "ort-cpu" ? OrtCpuCostModel.Estimate(DialectWriter.Build(model, Dialect.Float).Graph).Milliseconds : null;
        var longest = partial.MinSpeedup > 0 ? floatTime / partial.MinSpeedup : null;
        var count = 0;
        var search = new PartialQuantizationSearch(
            layers,
            new SearchBudget(leastAp, longest),
            async (floatLayers, token) =>
            {
                var graph = WithFloat(calibrated, floatLayers);
                var time = floatTime is null ? 0 : OrtCpuCostModel.Estimate(DialectWriter.Build(graph, Dialect.OrtCpu).Graph).Milliseconds;
                var activity = $"search: choice {++count} of at most {partial.MaxMeasurements}, {floatLayers.Count} layers float";
                var names = layers.Select(layer => layer.Name).Where(floatLayers.Contains);
                var figures = await measured.GetAsync(
                    $"search: {string.Join('\n', names)}",
                    async () => [await evaluation.MeasureSelectionAsync(activity, graph, ExecutionMode.FakeQuantize, partial.Images, token).ConfigureAwait(false)],
                    token).ConfigureAwait(false);
                return new SearchMeasurement(figures[0], time);
            },
            partial.MaxMeasurements);
        var result = await search.RunAsync(cancellationToken).ConfigureAwait(false);
        return new SearchFigures(
            evaluation.FirstCalibrationImages(partial.Images).Count, floatAp, leastAp, floatTime, longest, result.Steps, result.FloatLayers, result.MeetsBudget, result.Explanation);
    }

    /// <summary>A copy with some layers left float.</summary>
    public static Graph WithFloat(Graph calibrated, IReadOnlyCollection<string> floatLayers)
    {
        var graph = calibrated.Clone();
        if (floatLayers.Count > 0)
        {
            QuantizerSelection.Disable(graph, floatLayers);
        }

        return graph;
    }

    private async Task<double> ApAsync(string name, Graph graph, ExecutionMode mode, CancellationToken cancellationToken)
    {
        var figures = await measured.GetAsync(
            name,
            async () => [await evaluation.MeasureSelectionAsync(name, graph, mode, specification.Partial.Images, cancellationToken).ConfigureAwait(false)],
            cancellationToken).ConfigureAwait(false);
        return figures[0];
    }
}
