namespace QatPipeline.Cli.Tests;

/// <summary>Data sets as people have them, each with what is expected of it: run in a copy, from the test data.</summary>
public sealed class FieldDataTests : IDisposable
{
    private const string Ap = "maxDets=100 ] = 0.424";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("coco-category-without-name", "cat_no_name", Ap)]
    [InlineData("coco-duplicate-images", "dup_images", Ap)]
    [InlineData("coco-images-subset", "gt_unknown_image", Ap)]
    [InlineData("coco-string-image-ids", "string_image_ids", Ap)]
    [InlineData("coco-no-area", "", "annotations without an area")]
    [InlineData("coco-score-nan", "dt_score_nan", "field 'score' is NaN")]
    public async Task CocoEval_ForeignJson_IsEvaluatedOrNamed(string kind, string sub, string expected)
    {
        var folder = Path.Combine(Copy(kind), sub);

        var (_, output, error) = await QatProcess.RunAsync(
            "coco-eval", "--annotations", Path.Combine(folder, "gt.json"), "--detections", Path.Combine(folder, "dt.json"));

        Assert.Contains(expected, output + error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coco-backslash-paths")]
    [InlineData("jpeg-motion-photo")]
    public async Task Evaluate_ForeignPictures_AreRead(string kind)
    {
        var folder = Copy(kind);

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "evaluate",
            Path.Combine(folder, "std80.onnx"),
            "--annotations",
            Path.Combine(folder, "annotations.json"),
            "--images",
            Path.Combine(folder, "pictures"));

        Assert.True(exitCode == 0, error);
        Assert.Contains("Average Precision", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yolo-custom-classes", "\"washer\"")]
    [InlineData("yolo-folder-root", "\"images/a.jpg\"")]
    [InlineData("yolo-ids-clash-number-and-name", "\"b.jpg\"")]
    [InlineData("yolo-ids-clash-subfolders", "\"val/1.jpg\"")]
    [InlineData("yolo-polygon-rows", "label rows with a polygon")]
    [InlineData("yolo-rounding-over-one", "rounded over the picture's edge, clipped")]
    public async Task Run_YoloFolder_IsTaken(string kind, string inIndex)
    {
        var folder = Copy(kind);

        var (exitCode, _, error) = await QatProcess.RunAsync(
            "run", Path.Combine(folder, "run.yaml"), "--out", Path.Combine(folder, "out"));

        Assert.True(exitCode == 0, error);
        Assert.Contains(
            inIndex,
            await File.ReadAllTextAsync(Path.Combine(folder, "out", "dataset-index.json"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private string Copy(string kind)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var source = TestData.PathOf("field_cases", kind);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = _folder.PathOf(kind, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return _folder.PathOf(kind);
    }
}
