namespace QatPipeline.Torch.Distillation;

/// <summary>Step sizes over a training: a linear rise, then half a cosine down to a final share.</summary>
internal sealed class TrainingSchedule(QatOptions options, int stepsPerEpoch)
{
    public long TotalSteps { get; } = (long)options.Epochs * stepsPerEpoch;

    /// <summary>The share of the step size at a 0-based step.</summary>
    public double RateAt(long step)
    {
        var warmup = options.WarmupSteps > step ? (step + 1.0) / (options.WarmupSteps + 1) : 1;
        var cosine = (1 + Math.Cos(Math.PI * step / TotalSteps)) / 2;
        return warmup * (options.FinalLearningRate + ((1 - options.FinalLearningRate) * cosine));
    }

    /// <summary>Whether batch normalization is still live in a 0-based epoch.</summary>
    public bool UsesBatchStatistics(int epoch) =>
        epoch < Math.Round(options.Epochs * (1 - options.FrozenBatchNormShare), MidpointRounding.AwayFromZero);
}
