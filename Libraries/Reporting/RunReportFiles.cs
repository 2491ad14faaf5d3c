using System.Text;
using System.Text.Json;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;

namespace QatPipeline.Reporting;

/// <summary>
/// Makes the report once and writes it twice: report.json for programs, report.html for people, one file that holds its own style, plots
/// and pictures and asks the network for nothing.
/// </summary>
public sealed class RunReportFiles : IRunReport
{
    /// <summary>Name of the page among the run's files.</summary>
    public const string HtmlName = "report.html";

    /// <inheritdoc/>
    public async Task WriteAsync(RunReportContext context, string folder, CancellationToken cancellationToken)
    {
        var report = await JsonRunReport.CreateAsync(context, cancellationToken);
        await File.WriteAllBytesAsync(
            Path.Combine(folder, JsonRunReport.FileName),
            JsonSerializer.SerializeToUtf8Bytes(report, PipelineJson.Options),
            cancellationToken);
        var content = await ReportContent.ReadAsync(report, context, cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, HtmlName), ReportPage.Render(content).Markup, new UTF8Encoding(false), cancellationToken);
    }
}
