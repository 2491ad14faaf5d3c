using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>What quantization does to every layer, which layers stayed float, and what was measured to decide it.</summary>
internal static class LayerSection
{
    public static HtmlText Render(ReportContent content)
    {
        if (content.Report.Calibration is not { } calibration)
        {
            return HtmlText.Empty;
        }

        var layers = calibration.Layers;
        return layers.Count + calibration.Unplaced.Count == 0 ? HtmlText.Empty : HtmlText.Of(
            $"""
            {FloatLayers(calibration)}
            {ErrorPlot(layers)}
            {PlacementSection.Render(calibration.Search)}
            {SearchSteps(calibration.Search)}
            {HtmlTable.Folded($"Errors of all {layers.Count} layers", Errors(layers))}
            """);
    }

    private static HtmlText FloatLayers(CalibrationReport calibration)
    {
        var (layers, unplaced) = (calibration.Layers, calibration.Unplaced);
        (string Name, string? Reason)[] left =
        [
            .. layers.Where(layer => !layer.IsQuantized).Select(layer => (layer.Name, layer.Reason)),
            .. unplaced.Select(layer => (layer.Name, layer.Reason)),
        ];
        var (quantized, total) = calibration.Coverage;
        var share = HtmlText.Of($" {100.0 * quantized / total:0.0} % of the multiplications are quantized.");
        if (left.Length == 0)
        {
            return HtmlText.Of($"<p>All {layers.Count} layers are quantized: none was left float.{share}</p>");
        }

        var summary = calibration.Search is { } search && unplaced.Count == 0
            ? search.Explanation
            : $"{left.Length} of {layers.Count + unplaced.Count} layers stay float.";
        var table = HtmlTable.Of(["layer left float", "~reason"], left.Select(IReadOnlyList<HtmlText> (layer) =>
            [HtmlText.Of($"<code>{layer.Name}</code>"), HtmlText.Of($"{layer.Reason}")]));
        return HtmlText.Of(
            $"""
            <p>{summary}{share}</p>
            {HtmlTable.Folded($"The {left.Length} layers left float, and why", table)}
            """);
    }

    /// <summary>The own error of a layer is what it adds; the accumulated one is what arrives there.</summary>
    private static HtmlText ErrorPlot(IReadOnlyList<LayerFigures> layers)
    {
        Series[] series =
        [
            .. new[]
            {
                Ratios("the layer alone", layers.Select(layer => layer.Local)),
                Ratios("all layers up to it", layers.Select(layer => layer.Accumulated)),
            }.Where(ratios => ratios.X.Count > 0),
        ];
        return series.Length == 0 ? HtmlText.Empty : HtmlText.Of(
            $"""
            <div class="plots">{Chart.Points(
                "Signal-to-noise ratio of every layer's output when quantized: higher is better",
                "layer, in order of execution",
                "dB",
                series)}</div>
            """);
    }

    private static Series Ratios(string name, IEnumerable<OutputError> errors)
    {
        var points = errors.Index().Where(point => point.Item.SqnrDecibel is not null).ToArray();
        return new Series(
            name, [.. points.Select(point => (double)point.Index)], [.. points.Select(point => point.Item.SqnrDecibel!.Value)]);
    }

    private static HtmlText SearchSteps(SearchFigures? search) => search is null ? HtmlText.Empty : HtmlTable.Folded(
        $"What the search measured, {search.Steps.Count} {(search.Steps.Count == 1 ? "choice" : "choices")} on {search.Images} images",
        HtmlTable.Of(
            ["~question", "#layers float", "#AP", search.Placement is null ? "#estimated ms" : "#measured ms", "~conclusion"],
            search.Steps.Select(IReadOnlyList<HtmlText> (step) =>
            [
                HtmlText.Of($"{step.Question}"),
                HtmlText.Of($"{step.FloatLayers.Count}"),
                HtmlText.Of($"{Figures.Percent(step.Measurement.Accuracy)}"),
                HtmlText.Of($"{step.Measurement.Milliseconds:0.00}"),
                HtmlText.Of($"{step.Conclusion}"),
            ])));

    private static HtmlText Errors(IReadOnlyList<LayerFigures> layers)
    {
        var all = layers.Sum(layer => layer.Macs);
        return HtmlTable.Of(
            ["layer", "class", "#work, %", "#own error, dB", "#cosine", "#accumulated, dB", "#cosine", "#sensitivity", "runs in"],
            layers.Select(IReadOnlyList<HtmlText> (layer) =>
            [
                HtmlText.Of($"<code>{layer.Name}</code>"),
                HtmlText.Of($"{layer.Class}"),
                HtmlText.Of($"{100.0 * layer.Macs / all:0.00}"),
                Cell(layer.Local.SqnrDecibel, "0.0"),
                Cell(layer.Local.Cosine, "0.00000"),
                Cell(layer.Accumulated.SqnrDecibel, "0.0"),
                Cell(layer.Accumulated.Cosine, "0.00000"),
                Cell(layer.Sensitivity, "G3"),
                HtmlText.Of($"{(layer.IsQuantized ? "INT8" : "float")}"),
            ]));
    }

    private static HtmlText Cell(double? value, string format) => HtmlText.Of($"{Figures.Optional(value, format)}");
}
