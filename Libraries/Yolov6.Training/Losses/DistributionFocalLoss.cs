namespace QatPipeline.Yolov6.Training.Losses;

/// <summary>The distribution focal loss (reference 4.6): cross-entropy on the two bins around a distance.</summary>
internal static class DistributionFocalLoss
{
    /// <param name="logits">[P,4·(bins)] of left, top, right, bottom.</param>
    /// <param name="distances">[P,4] target distances in units of the stride.</param>
    /// <param name="regMax">The last bin.</param>
    /// <returns>[P]: the mean over the four sides.</returns>
    public static Tensor Of(Tensor logits, Tensor distances, int regMax)
    {
        using var scope = NewDisposeScope();
        var target = distances.clamp(0, regMax - 0.01);
        var left = target.to(int64);
        var share = left + 1 - target; // weight of the left bin
        var logProbabilities = nn.functional.log_softmax(logits.reshape(-1, 4, regMax + 1), -1);
        var atLeft = logProbabilities.gather(-1, left.unsqueeze(-1)).squeeze(-1);
        var atRight = logProbabilities.gather(-1, (left + 1).unsqueeze(-1)).squeeze(-1);
        return ((atLeft * share) + (atRight * (1 - share))).mean([-1]).neg().MoveToOuterDisposeScope();
    }
}
