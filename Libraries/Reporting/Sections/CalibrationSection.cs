using System.Text.Json;
using QatPipeline.Reporting.Content;
using QatPipeline.Reporting.Html;
using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>What every calibration method was worth, and the range each would give every quantizer.</summary>
internal static class CalibrationSection
{
    public static HtmlText Render(ReportContent content)
    {
        if (content.Report.Calibration is not { } calibration || !calibration.TryGetProperty("methods", out var methods))
        {
            return HtmlText.Empty;
        }

        var chosen = calibration.Text("chosenMethod");
        var figures = methods.EnumerateArray().Prepend(calibration.GetProperty("float")).ToArray();
        var quantizers = calibration.List("quantizers");
        return HtmlText.Of(
            $"""
            <p>Chosen: <b>{chosen}</b> ({calibration.Text("reason")}). Ranges come from {calibration.GetProperty("images").GetInt32()}
            images; the images that choose are not the ones that judge.</p>
            <div class="plots">
            {Chart.Bars(
                "AP after post-training quantization, validation images",
                "AP",
                [.. figures.Select(figure => (figure.Text("method"), 100 * figure.Number("validationAp")))])}
            {RangePlot(quantizers)}
            {HistogramPlots.Large(quantizers)}
            </div>
            {HtmlTable.Of(
                ["method", "#AP, calibration images", "#AP, validation images"],
                figures.Select(IReadOnlyList<HtmlText> (figure) =>
                [
                    HtmlText.Of($"{figure.Text("method")}"),
                    HtmlText.Of($"{Figures.Percent(figure.Number("selectionAp"))}"),
                    HtmlText.Of($"{Figures.Percent(figure.Number("validationAp"))}"),
                ]))}
            {BiasCorrection(calibration)}
            {RangeTable(quantizers)}
            """);
    }

    private static HtmlText BiasCorrection(JsonElement calibration) => calibration.Object("biasCorrection") is not { } correction
        ? HtmlText.Empty
        : HtmlText.Of(
            $"<p>Correcting the biases takes the AP on the calibration images "
            + $"from {Figures.Percent(correction.Number("selectionApBefore"))} "
            + $"to {Figures.Percent(correction.Number("selectionApAfter"))}: {(correction.IsNot("kept") ? "not kept" : "kept")}.</p>\n");

    /// <summary>Amax of every method as a part of the largest value seen: how much each cuts off.</summary>
    private static HtmlText RangePlot(JsonElement[] quantizers)
    {
        var ranges = quantizers
            .Select(quantizer => quantizer.TryGetProperty("amaxByMethod", out var amax) ? amax : default)
            .Where(amax => amax.ValueKind == JsonValueKind.Object && amax.Number("max") > 0)
            .ToArray();
        if (ranges.Length == 0)
        {
            return HtmlText.Empty;
        }

        double[] shares = [.. Enumerable.Range(0, ranges.Length).Select(index => 100.0 * (index + 1) / ranges.Length)];
        Series[] series = [.. MethodsOf(ranges[0]).Where(method => method != "max").Select(method =>
            new Series(method, shares, [.. ranges.Select(range => range.Number(method) / range.Number("max")).Order()]))];
        return Chart.Lines(
            "Chosen amax of every calibrator as a part of the largest magnitude seen: how many quantizers it cuts how far",
            "quantizers, %",
            "amax / max",
            series);
    }

    private static HtmlText RangeTable(JsonElement[] quantizers)
    {
        if (quantizers.Length == 0)
        {
            return HtmlText.Empty;
        }

        string[] methods = [.. quantizers
            .Where(quantizer => quantizer.TryGetProperty("amaxByMethod", out _))
            .SelectMany(quantizer => MethodsOf(quantizer.GetProperty("amaxByMethod")))
            .Distinct()];
        var table = HtmlTable.Of(
            ["quantizer", "magnitudes", "scheme", "#low", "#high", .. methods.Select(method => $"#amax, {method}")],
            quantizers.Select(IReadOnlyList<HtmlText> (quantizer) =>
            [
                HtmlText.Of($"{quantizer.Text("name")}"),
                HistogramPlots.Small(quantizer),
                HtmlText.Of($"{quantizer.Text("scheme")}{(quantizer.IsNot("enabled") ? ", off" : "")}"),
                Range(quantizer.Number("low")),
                Range(quantizer.Number("high")),
                .. methods.Select(method => Range((quantizer.Object("amaxByMethod")?.Number(method) ?? double.NaN))),
            ]));
        return HtmlTable.Folded($"Ranges of all {quantizers.Length} quantizers", table);
    }

    private static IEnumerable<string> MethodsOf(JsonElement amax) => amax.EnumerateObject().Select(method => method.Name);

    private static HtmlText Range(double value) => double.IsNaN(value) ? HtmlText.Of($"–") : HtmlText.Of($"{value:G5}");
}
