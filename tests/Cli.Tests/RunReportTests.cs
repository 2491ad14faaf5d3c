using System.Text.Json.Nodes;

namespace QatPipeline.Cli.Tests;

/// <summary>What a run leaves to be read.</summary>
public sealed class RunReportTests
{
    [Fact]
    public async Task Run_LeavesAReport_OfTheDocumentedSchema()
    {
        using var job = new SmallJob();

        var (exitCode, error) = await job.RunAsync();

        Assert.Empty(error);
        Assert.Equal(0, exitCode);
        var schema = Read(Path.Combine(TestData.RepositoryRoot, "docs", "report.schema.json"));
        var report = Read(job.PathOf("out", "report.json"));
        Assert.Empty(SchemaValidator.Validate(schema, report));
        Assert.Equal(
            ["float", "ptq", "engine-float", "engine-int8"],
            report["results"]!.AsArray().Select(result => result!["variant"]!.GetValue<string>()));
        Assert.Contains(
            "<section id=\"comparison\">",
            await File.ReadAllTextAsync(job.PathOf("out", "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(path))!;
}
