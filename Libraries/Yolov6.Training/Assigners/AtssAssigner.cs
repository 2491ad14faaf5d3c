namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>Adaptive training sample selection (reference 4.3): the anchors nearest to an object that overlap it more than usual.</summary>
/// <param name="candidatesPerLevel">How many of the nearest anchors of each level are considered.</param>
internal sealed class AtssAssigner(int candidatesPerLevel = 9) : IAssigner
{
    /// <inheritdoc/>
    public Assignment Assign(Tensor scores, Tensor boxes, DetectionTargets targets, AnchorGrid grid)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (targets.MostObjects == 0)
        {
            return Assignment.None(scores).MoveOut();
        }

        var positive = Positives(targets, grid, out _);
        var assigned = AssignerMath.Collect(positive, ones_like(scores[TensorIndex.Ellipsis, 0]), targets, scores.shape[2]);
        var iou = AssignerMath.Iou(assigned.Boxes.unsqueeze(2), boxes.unsqueeze(2)).flatten(1); // one box against one: [B,A,1,1]
        return (assigned with { Scores = assigned.Scores * iou.unsqueeze(-1) }).MoveOut();
    }

    /// <summary>The positive anchors [B,M,A] and the thresholds [B,M,1].</summary>
    internal Tensor Positives(DetectionTargets targets, AnchorGrid grid, out Tensor thresholds)
    {
        var (intersection, area1, area2) = AssignerMath.Overlaps(targets.Boxes, grid.Squares.unsqueeze(0));
        var overlaps = intersection / (area1 + area2 - intersection).clamp_(min: 1e-6);
        var candidates = Nearest(targets, grid);
        var candidateOverlaps = overlaps.gather(2, candidates);
        thresholds = candidateOverlaps.mean([2], keepdim: true) + candidateOverlaps.std(2, unbiased: true, keepdim: true);
        var positive = AssignerMath.Mask(overlaps, candidates)
            & (overlaps > thresholds)
            & AssignerMath.Inside(grid.Points, targets.Boxes)
            & targets.Valid.unsqueeze(-1);
        return AssignerMath.ResolveConflicts(positive, overlaps);
    }

    // [B,M,levels·k] anchor indices.
    private Tensor Nearest(DetectionTargets targets, AnchorGrid grid)
    {
        var corners = targets.Boxes.unsqueeze(2);
        var centres = (corners[TensorIndex.Ellipsis, ..2] + corners[TensorIndex.Ellipsis, 2..]) / 2;
        var distances = (centres - grid.Points).square().sum(-1).sqrt();
        var chosen = new List<Tensor>();
        var first = 0;
        foreach (var count in grid.LevelCounts)
        {
            var level = distances.narrow(2, first, count);
            chosen.Add(level.topk(Math.Min(candidatesPerLevel, count), 2, largest: false).indexes + first);
            first += count;
        }

        return cat(chosen, 2);
    }
}
