using System.Text.Json;
using QatPipeline.Runs.Json;

namespace QatPipeline.Reporting.Sections;

/// <summary>Where the figures come from: machines, back ends, code, and the whole specification.</summary>
internal static class EnvironmentSection
{
    public static HtmlText Render(ReportContent content)
    {
        var engines = content.Timings.Values.SelectMany(timings => timings).Select(timing => timing.Environment).Distinct();
        var stages = content.Stages.Select(stage => stage.Record);
        return HtmlText.Of(
            $"""
            {HtmlTable.Of(["what", "value"],
            [
                Row("machine of the engines", content.Report.Machine),
                .. engines.Select(environment => Row("engine back end", environment)),
                Row("machines of the stages", string.Join(", ", stages.Select(record => record.Host).Distinct())),
                Row("stage versions", string.Join(", ", stages.Select(record => $"{record.Stage} {record.Version}"))),
                Row("QatPipeline", typeof(EnvironmentSection).Assembly.GetName().Version!.ToString(3)),
                Row("seed", $"{content.Specification.Seed}"),
            ])}
            {HtmlTable.Folded(
                "The run specification (paths as they were on the machine that ran it)",
                HtmlText.Of($"<pre tabindex=\"0\">{JsonSerializer.Serialize(content.Specification, PipelineJson.Options)}</pre>"))}
            """);
    }

    private static IReadOnlyList<HtmlText> Row(string what, string value) => [HtmlText.Of($"{what}"), HtmlText.Of($"{value}")];
}
