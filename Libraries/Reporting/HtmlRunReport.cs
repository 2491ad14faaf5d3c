using System.Text;
using QatPipeline.Reporting.Content;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Reporting;

/// <summary>Makes report.html: one file that holds its own style, plots and pictures and asks the network for nothing.</summary>
public sealed class HtmlRunReport : IRunReport
{
    /// <summary>Name of the page among the run's files.</summary>
    public const string FileName = "report.html";

    /// <inheritdoc/>
    public async Task WriteAsync(RunReportContext context, string folder, CancellationToken cancellationToken)
    {
        var content = await ReportContent.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var page = ReportPage.Render(content).Markup;
        await File.WriteAllTextAsync(Path.Combine(folder, FileName), page, new UTF8Encoding(false), cancellationToken)
            .ConfigureAwait(false);
    }
}
