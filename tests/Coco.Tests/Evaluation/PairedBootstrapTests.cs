using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Tests.Evaluation;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void Replicates_EqualEvaluationsOfTheDrawnImages()
    {
        var (truth, detections) = RandomSets.Create(11);

        // Ids must stay unique among the copies, and 0 means none.
        truth = new CocoDataset("random", "", truth.Images, [.. truth.Annotations.Skip(1)], truth.Categories);

        // Ties between the copies of an image have no defined order: give every detection its own score.
        List<Detection> distinct = [.. detections.Select((item, index) => item with { Score = item.Score + (index * 1e-6) })];
        var evaluation = CocoEvaluator.Evaluate(truth, distinct);
        int[] weights = [2, 0, 1, 3, 0, 1, 0, 1];

        var weighted = new WeightedAp(evaluation);
        var ap = weighted.Evaluate(weights, new WeightedAp.Scratch(weighted));

        var (drawnTruth, drawnDetections) = Draw(truth, distinct, weights);
        Assert.Equal(CocoEvaluator.Evaluate(drawnTruth, drawnDetections).Metrics.Ap, ap, 1e-12);
    }

    [Fact]
    public void Interval_HoldsTheDifferenceAndRepeatsExactly()
    {
        var (truth, detections) = RandomSets.Create(12);
        var all = CocoEvaluator.Evaluate(truth, detections);
        var half = CocoEvaluator.Evaluate(truth, [.. detections.Where((_, index) => index % 2 == 0)]);

        var difference = PairedBootstrap.Compare(all, half, replicates: 300, seed: 5);

        Assert.Equal(half.Metrics.Ap - all.Metrics.Ap, difference.Difference);
        Assert.True(difference.Low < difference.High);
        Assert.Equal(difference, PairedBootstrap.Compare(all, half, replicates: 300, seed: 5));
        Assert.NotEqual(difference, PairedBootstrap.Compare(all, half, replicates: 300, seed: 6));
    }

    [Fact]
    public void SeveralAtOnce_AreWhatEachIsAlone()
    {
        var (truth, detections) = RandomSets.Create(14);
        CocoEvaluation[] parts =
        [
            .. new[] { 1, 2, 3 }.Select(step => CocoEvaluator.Evaluate(truth, [.. detections.Where((_, index) => index % step == 0)])),
        ];

        var together = PairedBootstrap.Compare(parts[0], [parts[1], parts[2]], replicates: 100, seed: 7);

        Assert.Equal(
            [PairedBootstrap.Compare(parts[0], parts[1], 100, seed: 7), PairedBootstrap.Compare(parts[0], parts[2], 100, seed: 7)],
            together);
    }

    [Fact]
    public void StreamsOfASeed_ShareNoNumbers()
    {
        var numbers = Enumerable.Range(0, 50).SelectMany(stream =>
        {
            var random = SplitMix64.Stream(0, stream);
            return Enumerable.Range(0, 50).Select(_ => random.Next()).ToArray();
        }).ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    [Fact]
    public void EqualDetections_DifferByNothing()
    {
        var (truth, detections) = RandomSets.Create(13);
        var evaluation = CocoEvaluator.Evaluate(truth, detections);
        var difference = PairedBootstrap.Compare(evaluation, evaluation, replicates: 50);
        Assert.Equal((0.0, 0.0, 0.0), (difference.Difference, difference.Low, difference.High));
    }

    /// <summary>The set with every image copied as often as its weight (by rank of its id) says.</summary>
    private static (CocoDataset Truth, List<Detection> Detections) Draw(CocoDataset truth, List<Detection> detections, int[] weights)
    {
        var copies = truth.Images.Select(image => image.Id).Order()
            .SelectMany((id, rank) => Enumerable.Range(0, weights[rank]).Select(_ => id))
            .Select((source, copy) => (Source: source, Id: (long)copy + 1))
            .ToList();
        var annotations = copies.SelectMany((copy, index) => truth.Annotations
            .Where(item => item.ImageId == copy.Source)
            .Select(item => item with { ImageId = copy.Id, Id = (index * 1000) + item.Id }));
        return (
            new CocoDataset(
                "drawn", "", [.. copies.Select(copy => new CocoImage(copy.Id, "", 300, 300))], [.. annotations], truth.Categories),
            [.. copies.SelectMany(
                copy => detections.Where(item => item.ImageId == copy.Source).Select(item => item with { ImageId = copy.Id }))]);
    }
}
