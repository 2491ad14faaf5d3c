using QatPipeline.Reporting.Sections;

namespace QatPipeline.Reporting;

/// <summary>The page: a head, a table of contents, and the sections that have something to say.</summary>
internal static class ReportPage
{
    private static readonly (string Id, string Title, Func<ReportContent, HtmlText> Render)[] Sections =
    [
        ("comparison", "Comparison", ComparisonSection.Render),
        ("precision-recall", "Precision and recall", PrecisionRecallSection.Render),
        ("classes", "AP per class", ClassSection.Render),
        ("calibration", "Calibration", CalibrationSection.Render),
        ("layers", "Layers", LayerSection.Render),
        ("training", "Training", TrainingSection.Render),
        ("latency", "Latency", LatencySection.Render),
        ("samples", "Sample images", SampleSection.Render),
        ("lineage", "Lineage", LineageSection.Render),
        ("environment", "Environment", EnvironmentSection.Render),
        ("commands", "Rebuild it", CommandSection.Render),
    ];

    public static HtmlText Render(ReportContent content)
    {
        var sections = Sections
            .Select(section => (section.Id, section.Title, Body: section.Render(content)))
            .Where(section => section.Body.Markup.Length > 0)
            .ToArray();
        return HtmlText.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{content.Report.Name}: quantization report</title>
            <style>{new HtmlText(ReportStyle.Theme)}{new HtmlText(ReportStyle.Report)}</style>
            </head>
            <body>
            <header>
            <h1>{content.Report.Name}</h1>
            <p class="dim">Run {content.Report.RunId}, target {content.Report.Target}, evaluated on {content.Report.Evaluation.Images}
            images at {content.Report.Evaluation.InputSize} pixels, protocol {content.Report.Evaluation.Protocol}.</p>
            <nav aria-label="Sections">{sections.Select(section => HtmlText.Of($"<a href=\"#{section.Id}\">{section.Title}</a>"))}</nav>
            </header>
            <main>
            {sections.Select(section => HtmlText.Of($"<section id=\"{section.Id}\"><h2>{section.Title}</h2>\n{section.Body}</section>\n"))}
            </main>
            </body>
            </html>

            """);
    }
}
