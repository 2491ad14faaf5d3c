using QatPipeline.Yolov6.Training.Assigners;
using QatPipeline.Yolov6.Training.Tests.Losses;

namespace QatPipeline.Yolov6.Training.Tests.Assigners;

public sealed class AssignerTests : ReferenceTests
{
    [Fact]
    public void TaskAligned_Assignment_HasTheReferenceValues()
    {
        var assigned = new TaskAlignedAssigner().Assign(Case.Scores, Case.PixelBoxes(), Case.Targets, Case.Grid);
        int[] expected =
            [12, 18, 19, 25, 26, 27, 28, 29, 30, 34, 35, 36, 37, 38, 39, 43, 44, 45, 46, 53, 68, 69, 73, 74, 75, 79];
        Assert.Equal(expected, PositiveAnchors(assigned));
        Assert.Equal([13L, 13L], PerObject(assigned));
        Assert.Equal(2.94772276, assigned.Scores.sum().item<float>(), 1e-5);
        (int Anchor, double Score)[] scores =
            [(12, 0.007284), (18, 0.152172), (19, 0.363942), (25, 0.006185), (26, 0.303728), (27, 0.646746)];
        foreach (var (anchor, score) in scores)
        {
            Assert.Equal(score, assigned.Scores[0, anchor].max().item<float>(), 1e-6);
        }
    }

    [Fact]
    public void Atss_Assignment_HasTheReferenceValues()
    {
        var assigned = new AtssAssigner().Assign(Case.Scores, Case.PixelBoxes(), Case.Targets, Case.Grid);
        new AtssAssigner().Positives(Case.Targets, Case.Grid, out var thresholds);
        Assert.Equal([18, 19, 26, 27, 37, 38, 44, 45, 46], PositiveAnchors(assigned));
        Assert.Equal([4L, 5L], PerObject(assigned));
        Assert.Equal(0.51782531, thresholds[0, 0, 0].item<float>(), 1e-5);
        Assert.Equal(0.51407202, thresholds[0, 1, 0].item<float>(), 1e-5);
        Assert.Equal(4.54921338, assigned.Scores.sum().item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Assign_PaddingAndOtherImages_ChangeNothing(bool atss)
    {
        IAssigner assigner = atss ? new AtssAssigner() : new TaskAlignedAssigner();
        var alone = assigner.Assign(Case.Scores, Case.PixelBoxes(), Case.Targets, Case.Grid);
        using var targets = new DetectionTargets(
            [
                [new(2, 1, 1, 60, 60), new(0, 5, 5, 20, 20), new(1, 30, 30, 50, 50)],
                [new(1, 7.3f, 9.1f, 38.9f, 45.7f), new(0, 30.2f, 19.5f, 60.7f, 62.3f)],
                [],
            ]);
        var batched = assigner.Assign(Case.Scores.expand(3, -1, -1), Case.PixelBoxes().expand(3, -1, -1), targets, Case.Grid);
        Assert.True(batched.Positive[1].Equals(alone.Positive[0]));
        Assert.True(batched.Scores[1].allclose(alone.Scores[0]));
        Assert.False(batched.Positive[2].any().item<bool>());
        Assert.Equal(0f, batched.Scores[2].sum().item<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Assign_WithoutObjects_EverythingIsBackground(bool atss)
    {
        IAssigner assigner = atss ? new AtssAssigner() : new TaskAlignedAssigner();
        using var none = new DetectionTargets([[]]);
        var assigned = assigner.Assign(Case.Scores, Case.PixelBoxes(), none, Case.Grid);
        Assert.False(assigned.Positive.any().item<bool>());
        Assert.Equal(0f, assigned.Scores.sum().item<float>());
    }

    [Fact]
    public void Assign_ContestedAnchor_GoesToTheObjectItOverlapsMost()
    {
        // Two nearly equal objects compete for the same anchors.
        using var targets = new DetectionTargets([[new(0, 10, 10, 50, 50), new(1, 11, 11, 51, 51)]]);
        var assigned = new TaskAlignedAssigner().Assign(Case.Scores, Case.PixelBoxes(), targets, Case.Grid);
        var overlaps = AssignerMath.Iou(targets.Boxes, Case.PixelBoxes());
        var best = overlaps.argmax(1);
        foreach (var anchor in PositiveAnchors(assigned))
        {
            var strong = assigned.Scores[0, anchor].count_nonzero().item<long>();
            Assert.InRange(strong, 0, 1);
            Assert.True(assigned.Object[0, anchor].item<long>() == best[0, anchor].item<long>() || !Contested(targets, anchor));
        }
    }

    [Fact]
    public void Grid_Anchors_AreRowsBeforeColumnsAndLevelsInOrder()
    {
        using var grid = new AnchorGrid(64, 32, [8, 16, 32]);
        Assert.Equal([32, 8, 2], grid.LevelCounts);
        Assert.Equal([12f, 4f], grid.Points[1].data<float>().ToArray());
        Assert.Equal([4f, 12f], grid.Points[4].data<float>().ToArray());
        Assert.Equal([8f, 8f], grid.Points[32].data<float>().ToArray());
        Assert.Equal([-16f, -16f, 24f, 24f], grid.Squares[0].data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => new AnchorGrid(48, 64, [8, 16, 32]));
    }

    private bool Contested(DetectionTargets targets, int anchor) =>
        new TaskAlignedAssigner().Assign(Case.Scores, Case.PixelBoxes(), Only(targets, 0), Case.Grid).Positive[0, anchor].item<bool>()
        && new TaskAlignedAssigner().Assign(Case.Scores, Case.PixelBoxes(), Only(targets, 1), Case.Grid).Positive[0, anchor].item<bool>();

    private static DetectionTargets Only(DetectionTargets targets, int index)
    {
        var box = targets.Boxes[0, index].data<float>().ToArray();
        return new DetectionTargets([[new((int)targets.Classes[0, index].item<long>(), box[0], box[1], box[2], box[3])]]);
    }

    private static int[] PositiveAnchors(Assignment assigned) =>
        [.. assigned.Positive[0].nonzero().squeeze(-1).data<long>().ToArray().Select(anchor => (int)anchor)];

    private static long[] PerObject(Assignment assigned) =>
        [.. PositiveAnchors(assigned)
            .GroupBy(anchor => assigned.Object[0, anchor].item<long>())
            .OrderBy(group => group.Key)
            .Select(group => group.LongCount())];
}
