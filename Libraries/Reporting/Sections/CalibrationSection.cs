using System.Text.Json;
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

        var chosen = Text(calibration, "chosenMethod");
        var figures = methods.EnumerateArray().Prepend(calibration.GetProperty("float")).ToArray();
        var quantizers = calibration.TryGetProperty("quantizers", out var list) ? list.EnumerateArray().ToArray() : [];
        return HtmlText.Of(
            $"""
            <p>Chosen: <b>{chosen}</b> ({Text(calibration, "reason")}). Ranges come from {calibration.GetProperty("images").GetInt32()} images; the images that choose are not the ones that judge.</p>
            <div class="plots">
            {Chart.Bars("AP after post-training quantization, validation images", "AP", [.. figures.Select(figure => (Text(figure, "method"), 100 * Number(figure, "validationAp")))])}
            {RangePlot(quantizers)}
            </div>
            {HtmlTable.Of(["method", "#AP, calibration images", "#AP, validation images"], figures.Select(IReadOnlyList<HtmlText> (figure) =>
            [
                HtmlText.Of($"{Text(figure, "method")}"),
                HtmlText.Of($"{Figures.Percent(Number(figure, "selectionAp"))}"),
                HtmlText.Of($"{Figures.Percent(Number(figure, "validationAp"))}"),
            ]))}
            {RangeTable(quantizers)}
            """);
    }

    /// <summary>Amax of every method as a part of the largest value seen: how much each cuts off.</summary>
    private static HtmlText RangePlot(JsonElement[] quantizers)
    {
        var ranges = quantizers
            .Select(quantizer => quantizer.TryGetProperty("amaxByMethod", out var amax) ? amax : default)
            .Where(amax => amax.ValueKind == JsonValueKind.Object && Number(amax, "max") > 0)
            .ToArray();
        if (ranges.Length == 0)
        {
            return HtmlText.Empty;
        }

        double[] shares = [.. Enumerable.Range(0, ranges.Length).Select(index => 100.0 * (index + 1) / ranges.Length)];
        Series[] series = [.. MethodsOf(ranges[0]).Where(method => method != "max").Select(method =>
            new Series(method, shares, [.. ranges.Select(range => Number(range, method) / Number(range, "max")).Order()]))];
        return Chart.Lines(
            "Chosen amax of every calibrator as a part of the largest magnitude seen: how many quantizers it cuts how far", "quantizers, %", "amax / max", series);
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
            ["quantizer", "scheme", "#low", "#high", .. methods.Select(method => $"#amax, {method}")],
            quantizers.Select(IReadOnlyList<HtmlText> (quantizer) =>
            [
                HtmlText.Of($"{Text(quantizer, "name")}"),
                HtmlText.Of($"{Text(quantizer, "scheme")}"),
                Range(Number(quantizer, "low")),
                Range(Number(quantizer, "high")),
                .. methods.Select(method => Range(Number(quantizer.GetProperty("amaxByMethod"), method))),
            ]));
        return HtmlTable.Folded($"Ranges of all {quantizers.Length} quantizers", table);
    }

    private static IEnumerable<string> MethodsOf(JsonElement amax) => amax.EnumerateObject().Select(method => method.Name);

    private static HtmlText Range(double value) => double.IsNaN(value) ? HtmlText.Of($"–") : HtmlText.Of($"{value:G5}");

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static double Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
