namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>Task-aligned learning (reference 4.4): the anchors whose class score and box agree best with an object.</summary>
/// <param name="candidates">How many anchors an object may take.</param>
/// <param name="scorePower">α: the weight of the class score.</param>
/// <param name="overlapPower">β: the weight of the overlap.</param>
internal sealed class TaskAlignedAssigner(int candidates = 13, double scorePower = 1, double overlapPower = 6) : IAssigner
{
    private const double Epsilon = 1e-9;

    /// <inheritdoc/>
    public Assignment Assign(Tensor scores, Tensor boxes, DetectionTargets targets, AnchorGrid grid)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (targets.MostObjects == 0)
        {
            return Assignment.None(scores).MoveOut();
        }

        var overlaps = AssignerMath.Iou(targets.Boxes, boxes);
        var metric = Metric(scores, overlaps, targets);
        var inside = AssignerMath.Inside(grid.Points, targets.Boxes);
        var best = (metric * inside).topk((int)Math.Min(candidates, scores.shape[1]), 2).indexes;
        var positive = AssignerMath.Mask(metric, best) & inside & targets.Valid.unsqueeze(-1);
        positive = AssignerMath.ResolveConflicts(positive, overlaps);

        metric *= positive;
        var highestMetric = metric.amax([2], keepdim: true);
        var highestOverlap = (overlaps * positive).amax([2], keepdim: true);
        var strength = (metric * highestOverlap / (highestMetric + Epsilon)).amax([1]); // [B,A]
        return AssignerMath.Collect(positive, strength, targets, scores.shape[2]).MoveOut();
    }

    // [B,M,A]: the score of the object's class to the power α, times the overlap to the power β.
    private Tensor Metric(Tensor scores, Tensor overlaps, DetectionTargets targets)
    {
        var index = targets.Classes.unsqueeze(-1).expand(-1, -1, scores.shape[1]);
        var own = scores.transpose(1, 2).gather(1, index);
        return (scorePower == 1 ? own : own.pow(scorePower)) * overlaps.pow(overlapPower);
    }
}
