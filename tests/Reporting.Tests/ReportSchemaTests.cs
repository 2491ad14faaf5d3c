using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Reporting.Tests;

/// <summary>docs/report.schema.json describes report.json as it is written.</summary>
public sealed class ReportSchemaTests
{
    private static readonly string SchemaPath = Path.Combine(TestData.RepositoryRoot, "docs", "report.schema.json");

    [Fact]
    public void CommittedSchema_IsThatOfTheCode()
    {
        var generated = Generate();

        // QAT_UPDATE_SCHEMA=1 writes it anew after a wanted change.
        if (Environment.GetEnvironmentVariable("QAT_UPDATE_SCHEMA") is "1")
        {
            File.WriteAllText(SchemaPath, generated.ToJsonString(PipelineJson.Options) + "\n");
        }

        Assert.True(
            JsonNode.DeepEquals(generated, JsonNode.Parse(File.ReadAllText(SchemaPath))),
            "docs/report.schema.json is stale: run this test with QAT_UPDATE_SCHEMA=1");
    }

    [Fact]
    public async Task Report_ValidatesAgainstTheSchema()
    {
        using var run = new SyntheticRun();
        var report = await JsonRunReport.CreateAsync(await run.CreateAsync(), TestContext.Current.CancellationToken);

        var schema = JsonNode.Parse(await File.ReadAllTextAsync(SchemaPath, TestContext.Current.CancellationToken))!;
        Assert.Empty(SchemaValidator.Validate(schema, JsonSerializer.SerializeToNode(report, PipelineJson.Options)));
    }

    [Theory]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"number"}}}""", """{}""", "$: 'a' is missing")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"number"}}}""", """{"a":"1"}""", "$.a: is no number")]
    [InlineData("""{"type":["array","null"],"items":{"type":"string"}}""", """["x",1]""", "$[1]: is no string")]
    public void Validator_FindsWhatIsWrong(string schema, string value, string error) =>
        Assert.Equal([error], SchemaValidator.Validate(JsonNode.Parse(schema)!, JsonNode.Parse(value)));

    private static JsonObject Generate()
    {
        var schema = PipelineJson.Options
            .GetJsonSchemaAsNode(typeof(RunReport), new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).AsObject();
        schema.Insert(0, "title", "report.json of a QatPipeline run");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema;
    }
}
