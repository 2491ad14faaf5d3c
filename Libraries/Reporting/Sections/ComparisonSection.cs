using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Reporting.Sections;

/// <summary>The table of the quantization tutorial: model, size, precision, AP, frames per second at batch 1 and 32.</summary>
internal static class ComparisonSection
{
    public static HtmlText Render(ReportContent content)
    {
        var results = content.Report.Results;
        return HtmlText.Of(
            $"""
            {Tiles(content)}
            {HtmlTable.Of(
                [
                    "model", "#size", "precision", "#AP 0.5:0.95", "#AP 0.5",
                    "#ΔAP [95 % interval]", "#fps, batch 1", "#fps, batch 32", "#file", "SHA-256", "~remark",
                ],
                results.Select(result => Row(result, content)))}
            <p class="dim">AP in percent. ΔAP is against the float network on the same images; its interval comes from a paired bootstrap
            over the images. Simulated variants run with fake quantization and have no speed of their own. Speeds are of this run's machine,
            {content.Report.Machine}, unless a remark names another one, and exclude pre- and post-processing.</p>
            {content.Report.Evaluation.Agreements.Select(Agreement)}
            {Remark(content.Report.TensorRt)}
            """);
    }

    private static HtmlText Agreement(EngineAgreement agreement) => HtmlText.Of(
        $"""
        <p>The {Figures.Title(agreement.Variant)} agrees with the graph it was built from in {100 * agreement.Detections.MatchedFraction:0.0} %
        of the detections (same class, IoU at least 0.9).</p>
        {TensorSection.Render(agreement.Tensors)}
        """);

    private static HtmlText Remark(TensorRtBuild? build) =>
        build is { Remark.Length: > 0 } ? HtmlText.Of($"<p>{build.Remark}</p>") : HtmlText.Empty;

    private static HtmlText Tiles(ReportContent content)
    {
        var baseline = Find(content, Variants.Float);
        var engine = ReportContent.Engine(content.Report, ReportContent.Int8);
        var other = ReportContent.Engine(content.Report, "fp16") ?? ReportContent.Engine(content.Report, "fp32");
        var parts = new List<HtmlText>();
        if (baseline is not null && engine is { Ap: not null })
        {
            parts.Add(Tile(Figures.Percent(baseline.Ap), "AP of the float network"));
            parts.Add(Tile(Figures.Percent(engine.Ap), "AP of the INT8 engine"));
        }

        var against = other?.Precision == "fp16" ? "FP16" : "float";
        if (engine?.FpsBatch1 is { } int8 && other?.FpsBatch1 is > 0 and { } reference)
        {
            parts.Add(Tile(HtmlText.Of($"{int8 / reference:0.00}×").Markup, $"INT8 speed against {against}, batch 1"));
        }

        if (File(engine, content) is { } small && File(other, content) is { Size: > 0 } large)
        {
            parts.Add(Tile(HtmlText.Of($"{100.0 * small.Size / large.Size:0} %").Markup, $"file size against {against}"));
        }

        return HtmlText.Of($"<div class=\"tiles\">{parts}</div>");
    }

    private static VariantResult? Find(ReportContent content, string variant) =>
        content.Report.Results.FirstOrDefault(result => result.Variant == variant);

    private static HtmlText Tile(string figure, string meaning) =>
        HtmlText.Of($"<div class=\"tile\"><b>{figure}</b><span>{meaning}</span></div>");

    private static IReadOnlyList<HtmlText> Row(VariantResult result, ReportContent content) =>
    [
        HtmlText.Of($"{Figures.Title(result.Variant)}"),
        HtmlText.Of($"{result.InputSize}"),
        HtmlText.Of($"{result.Precision.ToUpperInvariant()}"),
        HtmlText.Of($"<b>{Figures.Percent(result.Ap)}</b>"),
        HtmlText.Of($"{Figures.Percent(result.Ap50)}"),
        Delta(result, content.Specification.Partial.MaxApLoss),
        HtmlText.Of($"{Figures.Optional(result.FpsBatch1, "0.0")}"),
        HtmlText.Of($"{Figures.Optional(result.FpsBatch32, "0.0")}"),
        HtmlText.Of($"{Size(result, content)}"),
        result.Digest is null ? HtmlText.Of($"{Figures.None}") : HtmlTable.Digest(result.Digest),
        HtmlText.Of($"{result.Remark ?? ""}"),
    ];

    // A loss beyond the budget must not look like the others.
    private static HtmlText Delta(VariantResult result, double accepted) => result.ApDelta < -accepted
        ? HtmlText.Of($"<span class=\"bad\">{Figures.Delta(result)}</span>")
        : HtmlText.Of($"{Figures.Delta(result)}");

    private static string Size(VariantResult result, ReportContent content) =>
        File(result, content) is { } file ? Figures.Bytes(file.Size) : Figures.None;

    private static ArtifactReference? File(VariantResult? result, ReportContent content) =>
        result?.Digest is { } digest ? content.Artifacts.FirstOrDefault(artifact => artifact.Sha256 == digest) : null;
}
