using QatPipeline.Reporting.Plots;

namespace QatPipeline.Reporting.Sections;

/// <summary>AP of every class, float against INT8: a mean hides the class that quantization broke.</summary>
internal static class ClassSection
{
    private const int Worst = 10;

    public static HtmlText Render(ReportContent content)
    {
        var variants = content.Report.Evaluation.Variants.ToDictionary(variant => variant.Variant);
        if (!variants.TryGetValue(Variants.Float, out var reference) || ReportContent.Engine(content.Report, ReportContent.Int8) is not { Ap: not null } int8)
        {
            return HtmlText.Empty;
        }

        var engine = variants[int8.Variant];
        var classes = reference.PerCategory
            .Join(
                engine.PerCategory,
                first => first.Id,
                second => second.Id,
                (first, second) => new ClassPair(first.Name, first.Ap, second.Ap))
            .Where(pair => pair.Float >= 0 && pair.Int8 >= 0)
            .OrderBy(pair => pair.Int8 - pair.Float)
            .ToArray();
        var points = new Series("classes", [.. classes.Select(pair => 100 * pair.Float)], [.. classes.Select(pair => 100 * pair.Int8)]);
        var isWhole = classes.Length <= Worst;
        var caption = isWhole ? $"The {classes.Length} classes with objects, by their difference" : $"The {Worst} classes that lost most";
        return HtmlText.Of(
            $"""
            <div class="plots">{Chart.Points(
                "AP of every class; below the line INT8 lost", "float AP", "INT8 engine AP", [points], diagonal: true)}
            <figure>{Table(classes.Take(Worst))}<figcaption>{caption}</figcaption></figure></div>
            {(isWhole ? HtmlText.Empty : HtmlTable.Folded($"All {classes.Length} classes with objects", Table(classes)))}
            """);
    }

    private static HtmlText Table(IEnumerable<ClassPair> classes) =>
        HtmlTable.Of(["class", "#float", "#INT8", "#difference"], classes.Select(IReadOnlyList<HtmlText> (pair) =>
        [
            HtmlText.Of($"{pair.Name}"),
            HtmlText.Of($"{Figures.Percent(pair.Float)}"),
            HtmlText.Of($"{Figures.Percent(pair.Int8)}"),
            HtmlText.Of($"{100 * (pair.Int8 - pair.Float):+0.00;−0.00;0.00}"),
        ]));

    private sealed record ClassPair(string Name, double Float, double Int8);
}
