using QatPipeline.Torch.Parallel;
using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Distillation;

/// <summary>
/// Differences between a student's and a teacher's tensors. All results are scalars with gradient to the student. Where several ranks
/// share the batch, each gets its part of the sum that one process would get of the whole batch.
/// </summary>
public static class DistillationLoss
{
    /// <summary>
    /// Channel-wise distillation (reference 4.7, T = 1): every channel's activations as a distribution over positions; the divergence
    /// of the student's from the teacher's, mean over images and channels.
    /// </summary>
    /// <param name="student">[N,C,H,W].</param>
    /// <param name="teacher">[N,C,H,W], without gradient.</param>
    /// <param name="ranks">Those that share the batch; null for this process alone.</param>
    public static Tensor ChannelWise(Tensor student, Tensor teacher, ICollective? ranks = null)
    {
        using var scope = NewDisposeScope();
        var s = log_softmax(student.flatten(2), -1);
        var t = log_softmax(teacher.flatten(2), -1);
        var channels = student.shape[0] * student.shape[1] * (ranks?.Size ?? 1);
        return ((t.exp() * (t - s)).sum() / channels).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Divergence of independent probabilities, summed over classes and positions, per object the teacher sees: divided by the sum of
    /// every position's largest teacher probability.
    /// </summary>
    /// <param name="student">[N,K,…] logits.</param>
    /// <param name="teacher">[N,K,…] logits, without gradient.</param>
    /// <param name="ranks">Those that share the batch; null for this process alone.</param>
    public static Tensor Probabilities(Tensor student, Tensor teacher, ICollective? ranks = null)
    {
        ranks ??= SingleCollective.Instance;
        using var scope = NewDisposeScope();
        var p = teacher.sigmoid();
        var entropy = (p * softplus(-teacher)) + ((1 - p) * softplus(teacher));
        var crossEntropy = (p * softplus(-student)) + ((1 - p) * softplus(student));
        var objects = ranks.Total(Confidence(teacher).sum());
        return ((crossEntropy - entropy).sum() / (objects + 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Mean absolute difference in units of the teacher's deviation per channel, weighted by position.</summary>
    /// <param name="student">[N,C,…].</param>
    /// <param name="teacher">[N,C,…], without gradient.</param>
    /// <param name="weights">[N,1,…], or null to weigh all positions alike.</param>
    /// <param name="ranks">Those that share the batch; null for this process alone.</param>
    public static Tensor Regression(Tensor student, Tensor teacher, Tensor? weights, ICollective? ranks = null)
    {
        ranks ??= SingleCollective.Instance;
        using var scope = NewDisposeScope();
        long[] others = [.. Enumerable.Range(0, (int)teacher.dim())
            .Where(axis => axis != 1 || teacher.dim() < 2)
            .Select(axis => (long)axis)];
        var deviation = Deviation(teacher, others, ranks).clamp(min: 1e-6);
        var difference = ((student - teacher) / deviation).abs();
        var loss = weights is null
            ? difference.mean() / ranks.Size
            : (difference.mean([1], keepdim: true) * weights).sum() / (ranks.Total(weights.sum()) + 1e-6);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>The largest probability of every position, [N,1,…].</summary>
    internal static Tensor Confidence(Tensor logits) => logits.sigmoid().amax([1], keepdim: true);

    // The root of what the mean square of all ranks is above the square of their mean.
    private static Tensor Deviation(Tensor values, long[] axes, ICollective ranks)
    {
        if (ranks.Size == 1)
        {
            return values.std(axes, unbiased: false, keepdim: true);
        }

        var exact = values.to(ScalarType.Float64);
        var mean = ranks.Total(exact.mean(axes, keepdim: true)) / ranks.Size;
        var square = ranks.Total(exact.square().mean(axes, keepdim: true)) / ranks.Size;
        return (square - mean.square()).clamp(min: 0).sqrt().to(values.dtype);
    }
}
