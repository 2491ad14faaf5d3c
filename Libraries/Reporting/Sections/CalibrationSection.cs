using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>What every calibration method was worth, and the range each would give every quantizer.</summary>
internal static class CalibrationSection
{
    public static HtmlText Render(ReportContent content)
    {
        if (content.Report.Calibration is not { } calibration)
        {
            return HtmlText.Empty;
        }

        MethodFigures[] figures = [calibration.Float, .. calibration.Methods];
        return HtmlText.Of(
            $"""
            {Remark("The model looks like", calibration.Detector)}
            {Remark("Warning:", calibration.Warning)}
            <p>Chosen: <b>{calibration.ChosenMethod}</b> ({calibration.Reason}). {Source(calibration.Images)};
            the images that choose are not the ones that judge.</p>
            <div class="plots">
            {Chart.Bars(
                "AP after post-training quantization, calibration images",
                "AP",
                [.. figures.Select(figure => (figure.Method, 100 * figure.SelectionAp))])}
            {RangePlot(calibration.Quantizers)}
            {HistogramPlots.Large(calibration.Quantizers)}
            </div>
            {HtmlTable.Of(
                ["method", "#AP, calibration images"],
                figures.Select(IReadOnlyList<HtmlText> (figure) =>
                [
                    HtmlText.Of($"{figure.Method}"),
                    HtmlText.Of($"{Figures.Percent(figure.SelectionAp)}"),
                ]))}
            {BiasCorrection(calibration.BiasCorrection)}
            {RangeTable(calibration.Quantizers)}
            """);
    }

    private static HtmlText Remark(string title, string? text) =>
        text is null ? HtmlText.Empty : HtmlText.Of($"<p>{title} {text}</p>\n");

    private static string Source(int images) => images == 0 ? "Ranges came with the model" : $"Ranges come from {images} images";

    private static HtmlText BiasCorrection(BiasCorrectionFigures? correction) => correction is null
        ? HtmlText.Empty
        : HtmlText.Of(
            $"<p>Correcting the biases takes the AP on the calibration images "
            + $"from {Figures.Percent(correction.SelectionApBefore)} "
            + $"to {Figures.Percent(correction.SelectionApAfter)}: {(correction.Kept ? "kept" : "not kept")}.</p>\n");

    /// <summary>Amax of every method as a part of the largest value seen: how much each cuts off.</summary>
    private static HtmlText RangePlot(IReadOnlyList<RangeSummary> quantizers)
    {
        var ranges = quantizers.Select(quantizer => quantizer.AmaxByMethod).Where(amax => amax.GetValueOrDefault("max") > 0).ToArray();
        if (ranges.Length == 0)
        {
            return HtmlText.Empty;
        }

        double[] shares = [.. Enumerable.Range(0, ranges.Length).Select(index => 100.0 * (index + 1) / ranges.Length)];
        Series[] series = [.. ranges[0].Keys.Where(method => method != "max").Select(method =>
            new Series(method, shares, [.. ranges.Select(range => range[method] / range["max"]).Order()]))];
        return Chart.Lines(
            "Chosen amax of every calibrator as a part of the largest magnitude seen: how many quantizers it cuts how far",
            "quantizers, %",
            "amax / max",
            series);
    }

    private static HtmlText RangeTable(IReadOnlyList<RangeSummary> quantizers)
    {
        if (quantizers.Count == 0)
        {
            return HtmlText.Empty;
        }

        string[] methods = [.. quantizers.SelectMany(quantizer => quantizer.AmaxByMethod.Keys).Distinct()];
        var table = HtmlTable.Of(
            ["quantizer", "magnitudes", "scheme", "#low", "#high", .. methods.Select(method => $"#amax, {method}")],
            quantizers.Select(IReadOnlyList<HtmlText> (quantizer) =>
            [
                HtmlText.Of($"{quantizer.Name}"),
                HistogramPlots.Small(quantizer),
                HtmlText.Of($"{quantizer.Scheme}{(quantizer.Enabled ? "" : ", off")}"),
                Range(quantizer.Low),
                Range(quantizer.High),
                .. methods.Select(method => Range(quantizer.AmaxByMethod.GetValueOrDefault(method, double.NaN))),
            ]));
        return HtmlTable.Folded($"Ranges of all {quantizers.Count} quantizers", table);
    }

    private static HtmlText Range(double value) => double.IsNaN(value) ? HtmlText.Of($"–") : HtmlText.Of($"{value:G5}");
}
