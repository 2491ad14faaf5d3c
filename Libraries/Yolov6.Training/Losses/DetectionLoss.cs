using QatPipeline.Torch.Parallel;
using QatPipeline.Yolov6.Training.Assigners;

namespace QatPipeline.Yolov6.Training.Losses;

/// <summary>Weights and forms of the task loss; the defaults are the reference's.</summary>
public sealed record DetectionLossOptions
{
    /// <summary>What 1 − overlap is measured with: GIoU for S, SIoU for N and T.</summary>
    public BoxMetric BoxMetric { get; init; } = BoxMetric.Giou;

    /// <summary>Distances as distributions over regMax + 1 bins when above 0, as plain numbers when 0.</summary>
    public int RegMax { get; init; }

    /// <summary>Epochs with the ATSS assigner before the task-aligned one takes over (reference 4.1: 4 in 0.2.x).</summary>
    public int AtssEpochs { get; init; } = 4;

    /// <summary>Of the varifocal loss, and of the class term of distillation.</summary>
    public double ClassWeight { get; init; } = 1;

    /// <summary>Of 1 − overlap.</summary>
    public double BoxWeight { get; init; } = 2.5;

    /// <summary>Of the distribution focal loss; without effect where <see cref="RegMax"/> is 0.</summary>
    public double DistanceWeight { get; init; } = 0.5;

    /// <summary>Weight of the channel-wise distillation term.</summary>
    public double ChannelWeight { get; init; } = 10;
}

/// <summary>The task loss of a batch and its parts.</summary>
/// <param name="Total">The weighted sum, with gradient.</param>
/// <param name="Class">L_cls.</param>
/// <param name="Box">L_iou.</param>
/// <param name="Distance">L_dfl; 0 without distributions.</param>
/// <param name="Assignment">What the anchors were assigned to.</param>
internal sealed record DetectionLossResult(Tensor Total, Tensor Class, Tensor Box, Tensor Distance, Assignment Assignment);

/// <summary>Classification, box and distance losses of YOLOv6 against assigned targets (reference 4).</summary>
/// <param name="options">Weights and forms.</param>
/// <param name="ranks">Those that share the batch: each gets its part of the loss of the whole; null for this process alone.</param>
internal sealed class DetectionLoss(DetectionLossOptions options, ICollective? ranks = null)
{
    private readonly ICollective _ranks = ranks ?? SingleCollective.Instance;
    private readonly AtssAssigner _warmUp = new();
    private readonly TaskAlignedAssigner _assigner = new();

    /// <param name="scores">[B,A,K] class probabilities.</param>
    /// <param name="distances">[B,A,4] raw distances in units of the stride, or [B,A,4·(RegMax+1)] logits.</param>
    /// <param name="targets">The objects of the batch.</param>
    /// <param name="grid">The anchors.</param>
    /// <param name="epoch">0-based: chooses the assigner.</param>
    /// <returns>Tensors of the current dispose scope.</returns>
    public DetectionLossResult Compute(Tensor scores, Tensor distances, DetectionTargets targets, AnchorGrid grid, int epoch)
    {
        using var scope = NewDisposeScope();
        var boxes = grid.Decode(options.RegMax > 0 ? Expectation(distances) : distances); // grid units
        IAssigner assigner = epoch < options.AtssEpochs ? _warmUp : _assigner;
        var assignment = assigner.Assign(scores.detach(), boxes.detach() * grid.Strides, targets, grid);

        var total = _ranks.Total(assignment.Scores.sum());
        var normalizer = where(total > 0, total, ones_like(total));
        var classLoss = VarifocalLoss.Sum(scores, assignment) / normalizer;
        var (boxLoss, distanceLoss) = Boxes(boxes, distances, assignment, grid, normalizer);
        var sum = (classLoss * options.ClassWeight) + (boxLoss * options.BoxWeight) + (distanceLoss * options.DistanceWeight);
        return new DetectionLossResult(
            sum.MoveToOuterDisposeScope(),
            classLoss.detach().MoveToOuterDisposeScope(),
            boxLoss.detach().MoveToOuterDisposeScope(),
            distanceLoss.detach().MoveToOuterDisposeScope(),
            assignment.MoveOut());
    }

    /// <summary>
    /// The distillation terms as they enter the total: ω·(w_cls·D_cls + w_cwd·D_cwd), to be added to the task loss (reference 4.7).
    /// </summary>
    /// <param name="classTerm">D_cls.</param>
    /// <param name="channelTerm">D_cwd, or null without it.</param>
    /// <param name="decay">ω of the epoch.</param>
    public Tensor Distilled(Tensor classTerm, Tensor? channelTerm, double decay)
    {
        using var scope = NewDisposeScope();
        var sum = classTerm * options.ClassWeight;
        sum = channelTerm is null ? sum : sum + (channelTerm * options.ChannelWeight);
        return (sum * decay).MoveToOuterDisposeScope();
    }

    private (Tensor Box, Tensor Distance) Boxes(Tensor boxes, Tensor distances, Assignment assignment, AnchorGrid grid, Tensor normalizer)
    {
        var index = assignment.Positive.flatten().nonzero().squeeze(-1); // [P]
        if (index.shape[0] == 0)
        {
            // Zero, yet connected to the graph: every parameter keeps a gradient.
            return (boxes.sum() * 0, distances.sum() * 0);
        }

        var weight = assignment.Scores.flatten(0, 1).index_select(0, index).sum(-1);
        var target = (assignment.Boxes / grid.Strides).flatten(0, 1).index_select(0, index);
        var box = (BoxLoss.Of(boxes.flatten(0, 1).index_select(0, index), target, options.BoxMetric) * weight).sum() / normalizer;
        if (options.RegMax == 0)
        {
            return (box, zeros_like(box));
        }

        var points = (grid.Points / grid.Strides).index_select(0, index.remainder(grid.Count));
        var corners = target.chunk(2, -1);
        var wanted = cat([points - corners[0], corners[1] - points], -1);
        var each = DistributionFocalLoss.Of(distances.flatten(0, 1).index_select(0, index), wanted, options.RegMax);
        return (box, (each * weight).sum() / normalizer);
    }

    // [B,A,4·bins] logits to [B,A,4] distances: the expectation over the bins.
    private Tensor Expectation(Tensor logits)
    {
        var bins = options.RegMax + 1;
        var shape = logits.shape;
        return logits.reshape(shape[0], shape[1], 4, bins).softmax(-1).matmul(arange(bins, float32, logits.device));
    }
}
