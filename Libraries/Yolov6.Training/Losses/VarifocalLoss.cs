using QatPipeline.Yolov6.Training.Assigners;

namespace QatPipeline.Yolov6.Training.Losses;

/// <summary>The varifocal classification loss (reference 4.5).</summary>
internal static class VarifocalLoss
{
    private const double NegativeWeight = 0.75;

    /// <param name="scores">[B,A,K] probabilities, FP32.</param>
    /// <param name="assignment">The targets.</param>
    /// <returns>Σ weight·BCE, not normalised. Gradient also flows through the weight.</returns>
    public static Tensor Sum(Tensor scores, Assignment assignment)
    {
        using var scope = NewDisposeScope();
        var target = assignment.Scores;
        var own = nn.functional.one_hot(assignment.Classes, scores.shape[2]) * assignment.Positive.unsqueeze(-1);
        var weight = (NegativeWeight * scores.square() * (1 - own)) + (target * own);
        return (weight * nn.functional.binary_cross_entropy(scores, target, reduction: nn.Reduction.None)).sum().MoveToOuterDisposeScope();
    }
}
