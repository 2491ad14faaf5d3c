using System.Text.Json;

namespace QatPipeline.Cli.Tests;

public sealed class CocoEvalCommandTests
{
    public static TheoryData<string> Fixtures =>
        TestData.IsAvailable ? [.. Oracle().RootElement.EnumerateObject().Where(IsCase).Select(entry => entry.Name)] : [""];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task CocoEval_GivesEveryFigureOfTheOracle(string fixture)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        using var oracle = Oracle();
        var expected = oracle.RootElement.GetProperty(fixture);
        string InFixtures(string key) => TestData.PathOf("coco_eval_fixtures", expected.GetProperty(key).GetString()!);

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "coco-eval", "--annotations", InFixtures("gt"), "--detections", InFixtures("dt"), "--json");

        Assert.True(exitCode == 0, error);
        using var actual = JsonDocument.Parse(output);
        foreach (var figure in expected.GetProperty("stats").EnumerateObject())
        {
            Assert.Equal(figure.Value.GetDouble(), actual.RootElement.GetProperty(figure.Name).GetDouble(), 1e-12);
        }

        var categories = actual.RootElement.GetProperty("perCategory")
            .EnumerateArray().ToDictionary(entry => entry.GetProperty("name").GetString()!, entry => entry.GetProperty("ap").GetDouble());
        foreach (var category in expected.GetProperty("per_category_AP").EnumerateObject())
        {
            Assert.Equal(category.Value.GetDouble(), categories[category.Name], 1e-12);
        }
    }

    [Fact]
    public async Task CocoEval_PrintsTheTwelveFamiliarLines()
    {
        using var folder = new ScratchFolder();
        await CocoEvalFiles.WriteAsync(folder, """[{"image_id":1,"category_id":1,"bbox":[10,10,50,50],"score":0.9}]""");

        var (exitCode, output, _) = await QatProcess.RunAsync(
            "coco-eval", "--annotations", folder.PathOf("gt.json"), "--detections", folder.PathOf("dt.json"));

        Assert.Equal(0, exitCode);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(12, lines.Length);
        Assert.Equal(" Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 1.000", lines[0]);
        Assert.Equal(" Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000", lines[11]);
    }

    [Theory]
    [InlineData("""[{"image_id":1,"category_id":1,"bbox":[10,10,50,50]}]""", "score")]
    [InlineData("""[{"image_id":1,"category_id":1,"bbox":[10,NaN,50,50],"score":1}]""", "dt.json")]
    [InlineData("""[{"image_id":7,"category_id":1,"bbox":[10,10,50,50],"score":1}]""", "image 7")]
    [InlineData("""[{"image_id":1,"catego""", "dt.json")]
    public async Task CocoEval_BadDetections_EndWithOneClearLine(string detections, string named)
    {
        using var folder = new ScratchFolder();
        await CocoEvalFiles.WriteAsync(folder, detections);

        var (exitCode, _, error) = await QatProcess.RunAsync(
            "coco-eval", "--annotations", folder.PathOf("gt.json"), "--detections", folder.PathOf("dt.json"));

        Assert.Equal(2, exitCode);
        Assert.Contains(named, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static JsonDocument Oracle() => JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("coco_eval_fixtures", "oracle.json")));

    private static bool IsCase(JsonProperty entry) =>
        entry.Value.ValueKind == JsonValueKind.Object && entry.Value.TryGetProperty("stats", out _);
}
