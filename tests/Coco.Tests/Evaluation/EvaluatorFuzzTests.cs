using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Coco.Tests.Evaluation;

/// <summary>Random small data sets with ties, crowds, empty images and unusual ids, against the plain transcription of the rules.</summary>
public sealed class EvaluatorFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void PrecisionAndRecall_EqualThePlainRules(int seed)
    {
        var (truth, detections) = RandomSets.Create(seed);
        var evaluation = CocoEvaluator.Evaluate(truth, detections);

        for (var k = 0; k < truth.Categories.Count; k++)
        {
            for (var a = 0; a < EvaluationGrid.AreaRanges.Count; a++)
            {
                for (var m = 0; m < EvaluationGrid.MaximumDetections.Count; m++)
                {
                    for (var t = 0; t < EvaluationGrid.IouThresholds.Count; t++)
                    {
                        AssertCell(truth, detections, evaluation, t, k, a, m);
                    }
                }
            }
        }
    }

    [Fact]
    public void FiguresWithoutGroundTruth_AreMinusOne()
    {
        var truth = new CocoDataset("empty", "", [new CocoImage(1, "", 9, 9)], [], [new CocoCategory(1, "a")]);
        var metrics = CocoEvaluator.Evaluate(truth, [new Detection(1, 1, new CocoBox(0, 0, 5, 5), 0.5)]).Metrics;
        Assert.Equal(new CocoMetrics(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1), metrics);
    }

    [Fact]
    public void Detection_OfAnUnknownImageOrCategory_IsAnErrorOrTakesNoPart()
    {
        var (truth, _) = RandomSets.Create(1);
        Assert.Throws<CocoException>(() => CocoEvaluator.Evaluate(truth, [new Detection(12345, 1, new CocoBox(0, 0, 5, 5), 0.5)]));
        Assert.Equal(
            1, CocoEvaluator.Evaluate(truth, [new Detection(truth.Images[0].Id, 999, new CocoBox(0, 0, 5, 5), 0.5)]).IgnoredDetections);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(129)]
    [InlineData(80_800)]
    public void PairwiseSum_IsNearThePlainSum(int count)
    {
        var values = Enumerable.Range(0, count).Select(i => Math.Sin(i)).ToArray();
        Assert.Equal(values.Sum(), NumpyMean.Sum(values), 1e-9);
    }

    private static void AssertCell(
        CocoDataset truth, IReadOnlyList<Detection> detections, CocoEvaluation evaluation, int t, int k, int a, int m)
    {
        var plain = SlowEvaluator.Evaluate(
            truth,
            detections,
            truth.Categories[k].Id,
            EvaluationGrid.AreaRanges[a],
            EvaluationGrid.IouThresholds[t],
            EvaluationGrid.MaximumDetections[m]);
        Assert.Equal(plain?.Recall ?? -1, evaluation.Recall(t, k, a, m));
        for (var r = 0; r < EvaluationGrid.RecallThresholds.Count; r++)
        {
            Assert.Equal(plain?.Precision[r] ?? -1, evaluation.Precision(t, r, k, a, m));
        }
    }
}
