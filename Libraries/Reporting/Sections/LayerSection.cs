using System.Text.Json;
using QatPipeline.Reporting.Content;
using QatPipeline.Reporting.Html;
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

        var layers = calibration.List("layers");
        var unplaced = calibration.List("unplaced");
        return layers.Length + unplaced.Length == 0 ? HtmlText.Empty : HtmlText.Of(
            $"""
            {FloatLayers(calibration, layers, unplaced)}
            {ErrorPlot(layers)}
            {SearchSteps(calibration)}
            {HtmlTable.Folded($"Errors of all {layers.Length} layers", Errors(layers))}
            """);
    }

    private static HtmlText FloatLayers(JsonElement calibration, JsonElement[] layers, JsonElement[] unplaced)
    {
        var left = layers.Where(layer => layer.IsNot("isQuantized")).Concat(unplaced).ToArray();
        var share = calibration.Object("coverage") is { } coverage
            ? HtmlText.Of($" {100 * coverage.Number("quantized") / coverage.Number("total"):0.0} % of the multiplications are quantized.")
            : HtmlText.Empty;
        if (left.Length == 0)
        {
            return HtmlText.Of($"<p>All {layers.Length} layers are quantized: none was left float.{share}</p>");
        }

        var summary = calibration.Object("search") is { } search && unplaced.Length == 0
            ? search.Text("explanation")
            : $"{left.Length} of {layers.Length + unplaced.Length} layers stay float.";
        var table = HtmlTable.Of(["layer left float", "~reason"], left.Select(IReadOnlyList<HtmlText> (layer) =>
            [HtmlText.Of($"<code>{layer.Text("name")}</code>"), HtmlText.Of($"{layer.Text("reason")}")]));
        return HtmlText.Of(
            $"""
            <p>{summary}{share}</p>
            {HtmlTable.Folded($"The {left.Length} layers left float, and why", table)}
            """);
    }

    /// <summary>The own error of a layer is what it adds; the accumulated one is what arrives there.</summary>
    private static HtmlText ErrorPlot(JsonElement[] layers)
    {
        Series[] series = [.. new[] { ("the layer alone", "local"), ("all layers up to it", "accumulated") }
            .Select(kind => (Name: kind.Item1, Points: Ratios(layers, kind.Item2)))
            .Where(kind => kind.Points.Length > 0)
            .Select(kind => new Series(
                kind.Name,
                [.. kind.Points.Select(point => (double)point.Index)],
                [.. kind.Points.Select(point => point.Decibel)]))];
        return series.Length == 0 ? HtmlText.Empty : HtmlText.Of(
            $"""
            <div class="plots">{Chart.Points(
                "Signal-to-noise ratio of every layer's output when quantized: higher is better",
                "layer, in order of execution",
                "dB",
                series)}</div>
            """);
    }

    private static (int Index, double Decibel)[] Ratios(JsonElement[] layers, string kind) =>
        [.. layers
            .Select((layer, index) => (index, layer.Object(kind)?.Number("sqnrDecibel") ?? double.NaN))
            .Where(point => double.IsFinite(point.Item2))];

    private static HtmlText SearchSteps(JsonElement calibration)
    {
        if (calibration.Object("search") is not { } search)
        {
            return HtmlText.Empty;
        }

        var steps = search.List("steps");
        return HtmlTable.Folded(
            $"What the search measured, {steps.Length} {(steps.Length == 1 ? "choice" : "choices")} on {search.Number("images"):0} images",
            HtmlTable.Of(
                ["~question", "#layers float", "#AP", "#estimated ms", "~conclusion"],
                steps.Select(IReadOnlyList<HtmlText> (step) =>
                [
                    HtmlText.Of($"{step.Text("question")}"),
                    HtmlText.Of($"{step.List("floatLayers").Length}"),
                    HtmlText.Of($"{Figures.Percent(step.GetProperty("measurement").Number("accuracy"))}"),
                    HtmlText.Of($"{step.GetProperty("measurement").Number("milliseconds"):0.00}"),
                    HtmlText.Of($"{step.Text("conclusion")}"),
                ])));
    }

    private static HtmlText Errors(JsonElement[] layers)
    {
        var all = layers.Sum(layer => layer.Number("macs"));
        return HtmlTable.Of(
            ["layer", "class", "#work, %", "#own error, dB", "#cosine", "#accumulated, dB", "#cosine", "#sensitivity", "runs in"],
            layers.Select(IReadOnlyList<HtmlText> (layer) =>
            [
                HtmlText.Of($"<code>{layer.Text("name")}</code>"),
                HtmlText.Of($"{layer.Text("class")}"),
                HtmlText.Of($"{100 * layer.Number("macs") / all:0.00}"),
                .. Error(layer, "local"),
                .. Error(layer, "accumulated"),
                Cell(layer.Number("sensitivity"), "G3"),
                HtmlText.Of($"{(layer.IsNot("isQuantized") ? "float" : "INT8")}"),
            ]));
    }

    private static IEnumerable<HtmlText> Error(JsonElement layer, string kind) => layer.Object(kind) is { } error
        ? [Cell(error.Number("sqnrDecibel"), "0.0"), Cell(error.Number("cosine"), "0.00000")]
        : [Cell(double.NaN, ""), Cell(double.NaN, "")];

    private static HtmlText Cell(double value, string format) =>
        HtmlText.Of($"{Figures.Optional(double.IsFinite(value) ? value : null, format)}");
}
