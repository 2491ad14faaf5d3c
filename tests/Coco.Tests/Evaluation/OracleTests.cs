using System.Text.Json;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Coco.Tests.Evaluation;

/// <summary>The figures of pycocotools on its own fixtures and on real detections.</summary>
public sealed class OracleTests
{
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData("fakebbox100")]
    [InlineData("torchmetrics_docstring")]
    [InlineData("faster_coco_eval_small")]
    [InlineData("yolov6lite_s_val2017_103_conf0.03")]
    [InlineData("yolov6lite_s_val2017_103_conf0.25")]
    [InlineData("yolov6lite_s_val2017_103_tied")]
    public void Figures_EqualPycocotools(string name)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var folder = TestData.PathOf("coco_eval_fixtures");
        using var oracle = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json")));
        var expected = oracle.RootElement.GetProperty(name);
        var truth = CocoDataset.Read(Path.Combine(folder, expected.GetProperty("gt").GetString()!), folder);

        var evaluation = CocoEvaluator.Evaluate(truth, DetectionFile.Read(Path.Combine(folder, expected.GetProperty("dt").GetString()!)));

        foreach (var (key, figure) in Figures(evaluation.Metrics))
        {
            Assert.Equal(expected.GetProperty("stats").GetProperty(key).GetDouble(), figure, Tolerance);
        }

        foreach (var category in expected.GetProperty("per_category_AP").EnumerateObject())
        {
            var found = evaluation.PerCategory.Single(metrics => metrics.Name == category.Name);
            Assert.Equal(category.Value.GetDouble(), found.Ap, Tolerance);
        }
    }

    private static (string Key, double Figure)[] Figures(CocoMetrics metrics) =>
    [
        ("AP", metrics.Ap), ("AP50", metrics.Ap50), ("AP75", metrics.Ap75),
        ("APs", metrics.ApSmall), ("APm", metrics.ApMedium), ("APl", metrics.ApLarge),
        ("AR1", metrics.Ar1), ("AR10", metrics.Ar10), ("AR100", metrics.Ar100),
        ("ARs", metrics.ArSmall), ("ARm", metrics.ArMedium), ("ARl", metrics.ArLarge),
    ];
}
