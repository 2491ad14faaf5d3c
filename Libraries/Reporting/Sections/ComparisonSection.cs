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
                    "#ΔAP [95 % interval]", "#fps, batch 1", "#fps, batch 32", "#file", "SHA-256",
                ],
                results.Select(result => Row(result, content)))}
            <p class="dim">AP in percent. ΔAP is against the float network on the same images; its interval comes from a paired bootstrap
            over the images. Simulated variants run with fake quantization and have no speed of their own. Speeds are of this run's machine,
            {content.Report.Machine}, and exclude pre- and post-processing.</p>
            <p>The INT8 engine agrees with the graph it was built from in {100 * content.Report.Evaluation.Agreement.MatchedFraction:0.0} %
            of the detections (same class, IoU at least 0.9).</p>
            {TensorSection.Render(content.Report.Evaluation.Tensors)}
            """);
    }

    private static HtmlText Tiles(ReportContent content)
    {
        var baseline = Find(content, Variants.Float);
        var engine = Find(content, Variants.Int8Engine);
        var floatEngine = Find(content, Variants.FloatEngine);
        var parts = new List<HtmlText>();
        if (baseline is not null && engine is not null)
        {
            parts.Add(Tile(Figures.Percent(baseline.Ap), "AP of the float network"));
            parts.Add(Tile(Figures.Percent(engine.Ap), "AP of the INT8 engine"));
        }

        if (engine?.FpsBatch1 is { } int8 && floatEngine?.FpsBatch1 is > 0 and { } reference)
        {
            parts.Add(Tile(HtmlText.Of($"{int8 / reference:0.00}×").Markup, "INT8 speed against float, batch 1"));
        }

        if (content.Artifact(ArtifactNames.Int8Engine) is { } small && content.Artifact(ArtifactNames.FloatEngine) is { Size: > 0 } large)
        {
            parts.Add(Tile(HtmlText.Of($"{100.0 * small.Size / large.Size:0} %").Markup, "file size against float"));
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
        HtmlTable.Digest(result.Digest),
    ];

    // A loss beyond the budget must not look like the others.
    private static HtmlText Delta(VariantResult result, double accepted) => result.ApDelta < -accepted
        ? HtmlText.Of($"<span class=\"bad\">{Figures.Delta(result)}</span>")
        : HtmlText.Of($"{Figures.Delta(result)}");

    private static string Size(VariantResult result, ReportContent content) =>
        content.Artifacts.FirstOrDefault(artifact => artifact.Sha256 == result.Digest) is { } file ? Figures.Bytes(file.Size) : "–";
}
