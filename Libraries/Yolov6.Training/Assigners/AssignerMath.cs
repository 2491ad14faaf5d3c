namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>What both assigners share (reference 4.2). Axes: B images, M objects, A anchors, K classes.</summary>
internal static class AssignerMath
{
    private const double InsideMargin = 1e-9;

    /// <summary>Intersection [..,M,A] and the two areas [..,M,1], [..,1,A] of boxes [..,M,4] with boxes [..,A,4].</summary>
    public static (Tensor Intersection, Tensor Area1, Tensor Area2) Overlaps(Tensor first, Tensor second)
    {
        var (a, b) = (first.unsqueeze(-2), second.unsqueeze(-3));
        var low = maximum(a[TensorIndex.Ellipsis, ..2], b[TensorIndex.Ellipsis, ..2]);
        var high = minimum(a[TensorIndex.Ellipsis, 2..], b[TensorIndex.Ellipsis, 2..]);
        var intersection = (high - low).clamp_(min: 0).prod(-1);
        return (intersection, Area(a), Area(b));
    }

    /// <summary>IoU [..,M,A] as inter/(area1+area2−inter+1e-9).</summary>
    public static Tensor Iou(Tensor first, Tensor second)
    {
        var (intersection, area1, area2) = Overlaps(first, second);
        return intersection / (area1 + area2 - intersection + 1e-9);
    }

    /// <summary>[B,M,A] bool: the point [A,2] lies inside the box [B,M,4].</summary>
    public static Tensor Inside(Tensor points, Tensor boxes)
    {
        var (low, high) = (boxes.unsqueeze(-2)[TensorIndex.Ellipsis, ..2], boxes.unsqueeze(-2)[TensorIndex.Ellipsis, 2..]);
        return cat([points - low, high - points], -1).amin([-1]) > InsideMargin;
    }

    /// <summary>A bool mask like <paramref name="like"/> [B,M,A] that is set at <paramref name="indices"/> [B,M,k].</summary>
    public static Tensor Mask(Tensor like, Tensor indices) =>
        zeros_like(like, dtype: @bool).scatter_(-1, indices, ones_like(indices, dtype: @bool));

    /// <summary>
    /// The conflict rule: an anchor positive for several objects goes to the one it overlaps most among all objects of its image.
    /// </summary>
    /// <param name="positive">[B,M,A] bool.</param>
    /// <param name="overlaps">[B,M,A].</param>
    public static Tensor ResolveConflicts(Tensor positive, Tensor overlaps)
    {
        var contested = positive.sum(1, keepdim: true) > 1;
        var best = Mask(positive.transpose(1, 2), overlaps.argmax(1, keepdim: true).transpose(1, 2)).transpose(1, 2);
        return where(contested, best, positive);
    }

    /// <summary>Looks up what each anchor is assigned to; the scores are <paramref name="strength"/> [B,A] at the assigned class.</summary>
    public static Assignment Collect(Tensor positive, Tensor strength, DetectionTargets targets, long classCount)
    {
        var any = positive.any(1);
        var chosen = positive.to(int64).argmax(1); // [B,A]
        var classes = targets.Classes.gather(1, chosen) * any;
        var boxes = targets.Boxes.gather(1, chosen.unsqueeze(-1).expand(-1, -1, 4));
        var scores = nn.functional.one_hot(classes, classCount) * (strength * any).unsqueeze(-1);
        return new Assignment(any, chosen, classes, boxes, scores);
    }

    private static Tensor Area(Tensor boxes) =>
        (boxes[TensorIndex.Ellipsis, 2..] - boxes[TensorIndex.Ellipsis, ..2]).clamp_(min: 0).prod(-1);
}
