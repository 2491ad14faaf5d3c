using QatPipeline.Graphs.Costs;
using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Search;
using QatPipeline.Torch.PostTraining;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>Errors and sensitivities of single layers on a few calibration images.</summary>
internal sealed class LayerAnalysis(IReadOnlyList<LayerError> errors, IReadOnlyDictionary<string, double>? sensitivities, Graph shaped)
{
    private const int MostImagesPerPass = 4;

    /// <param name="context">The stage.</param>
    /// <param name="partial">How many images, and whether a search follows.</param>
    /// <param name="evaluation">Names the images and how they are loaded.</param>
    /// <param name="calibrated">The graph with all quantizers on; not changed.</param>
    /// <param name="candidates">The layers the search chooses among, whose sensitivity it needs.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<LayerAnalysis> RunAsync(
        IStageContext context,
        PartialSpecification partial,
        GraphEvaluation evaluation,
        Graph calibrated,
        IReadOnlyCollection<string> candidates,
        CancellationToken cancellationToken)
    {
        using var errors = new LayerErrorAnalysis(calibrated);
        using var sensitivity = partial.Enabled ? new SensitivityAnalysis(calibrated, layers: candidates) : null;
        var wanted = evaluation.FirstCalibrationImages(partial.AnalysisImages);
        var done = 0;
        var batches = evaluation.Run.Images.ReadAsync(
            context.Specification,
            DatasetSplit.Calibration,
            wanted,
            evaluation.Run.Protocol,
            Math.Min(MostImagesPerPass, evaluation.CalibrationBatch),
            cancellationToken);
        await foreach (var batch in batches)
        {
            using (batch)
            {
                errors.Add(batch.ToPixels());
                sensitivity?.Add(batch.ToPixels(), cancellationToken);
                done += batch.Count;
                context.Progress.Report(new StageProgress("errors and sensitivities of layers", done, wanted.Count));
            }
        }

        return new LayerAnalysis(
            errors.Errors,
            sensitivity is null
                ? null
                : new OrderedDictionary<string, double>(
                    sensitivity.Layers.Select(layer => KeyValuePair.Create(layer.Node, layer.Distortion)), StringComparer.Ordinal),
            LayerWork.WithShapes(calibrated));
    }

    /// <summary>The candidates as the search takes them.</summary>
    public IReadOnlyList<SearchLayer> SearchLayers =>
        [.. sensitivities?.Select(layer => new SearchLayer(layer.Key, LayerClass.Of(shaped, layer.Key), layer.Value)) ?? []];

    /// <param name="reasons">Why layers were left float, by name.</param>
    public IReadOnlyList<LayerFigures> Figures(IReadOnlyDictionary<string, string> reasons) =>
    [
        .. errors.Select(error => new LayerFigures(
            error.Node,
            LayerClass.Of(shaped, error.Node),
            MacsOf(error.Node),
            OutputErrorOf(error.Local),
            OutputErrorOf(error.Accumulated),
            sensitivities?.TryGetValue(error.Node, out var sensitivity) == true ? sensitivity : null,
            !reasons.ContainsKey(error.Node),
            reasons.GetValueOrDefault(error.Node))),
    ];

    /// <summary>The layers that were never a choice.</summary>
    public IReadOnlyList<UnplacedLayer> Unplaced(IEnumerable<string> skip) =>
    [
        .. shaped.Nodes
            .Select(node => (node.Name, Macs: LayerWork.MacsOf(shaped, node)))
            .Where(layer => layer.Macs > 0 && errors.All(error => error.Node != layer.Name))
            .Select(layer => new UnplacedLayer(layer.Name, layer.Macs, FloatLayerReasons.OfUnplaced(layer.Name, skip))),
    ];

    public MacCoverage Coverage(IReadOnlyCollection<string> floatLayers) => new(
        errors.Where(error => !floatLayers.Contains(error.Node)).Sum(error => MacsOf(error.Node)),
        shaped.Nodes.Sum(node => LayerWork.MacsOf(shaped, node)));

    private static OutputError OutputErrorOf(ErrorAccumulator error) =>
        new(double.IsFinite(error.SqnrDecibel) ? error.SqnrDecibel : null, error.CosineSimilarity);

    private long MacsOf(string layer) => LayerWork.MacsOf(shaped, shaped.Nodes.First(node => node.Name == layer));
}
