using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>Precision over recall at IoU 0.5, and the twelve COCO figures of every variant.</summary>
internal static class PrecisionRecallSection
{
    private static readonly string[] Columns =
    [
        "variant", "#AP", "#AP50", "#AP75", "#small", "#medium", "#large",
        "#AR1", "#AR10", "#AR100", "#AR small", "#AR medium", "#AR large",
    ];

    public static HtmlText Render(ReportContent content)
    {
        var variants = content.Report.Evaluation.Variants;

        // Float engines have the curve of the float network, and engines of other batches that of the first.
        var drawn = content.Report.Results.Where(result => !result.IsEngine).Select(result => result.Variant)
            .Append(ReportContent.Engine(content.Report, ReportContent.Int8)?.Variant)
            .ToHashSet();
        var curves = variants
            .Where(variant => variant.PrecisionAt50.Count > 1 && drawn.Contains(variant.Variant))
            .Select(variant => new Series(Figures.Title(variant.Variant), Recall(variant.PrecisionAt50.Count), variant.PrecisionAt50))
            .ToArray();
        return HtmlText.Of(
            $"""
            <div class="plots">{Chart.Lines("Precision over recall at IoU 0.5, mean over classes", "recall", "precision", curves)}</div>
            {HtmlTable.Of(Columns, variants.Select(Row))}
            """);
    }

    private static double[] Recall(int count) => [.. Enumerable.Range(0, count).Select(index => index / (count - 1.0))];

    private static IReadOnlyList<HtmlText> Row(VariantEvaluation variant)
    {
        var figures = variant.Metrics;
        double[] values =
        [
            figures.Ap, figures.Ap50, figures.Ap75, figures.ApSmall, figures.ApMedium, figures.ApLarge,
            figures.Ar1, figures.Ar10, figures.Ar100, figures.ArSmall, figures.ArMedium, figures.ArLarge,
        ];
        return [HtmlText.Of($"{Figures.Title(variant.Variant)}"), .. values.Select(Figure)];
    }

    // COCO's figure is -1 where there is no object of that kind.
    private static HtmlText Figure(double value) => HtmlText.Of($"{(value < 0 ? "–" : Figures.Percent(value))}");
}
