namespace QatPipeline.Torch.Training;

/// <summary>How long a training is, and what happens between its steps.</summary>
/// <param name="Epochs">Passes over the batches; at least 1.</param>
/// <param name="BatchStatisticsEpochs">
/// Epochs at the start in which batch normalization is live; after them it uses its running statistics.
/// </param>
public sealed record TrainingOptions(int Epochs, int BatchStatisticsEpochs)
{
    /// <summary>Whether a 0-based epoch is evaluated; every one by default.</summary>
    public Func<int, bool> IsEvaluated { get; init; } = _ => true;

    /// <summary>
    /// Scores that are lower than the best by no more than this count as equal, and the later epoch is kept. Null keeps the first of the
    /// best.
    /// </summary>
    public double? ScoreTolerance { get; init; }

    /// <summary>
    /// Processes that the batches of a step stand for, in turns. Running statistics follow those of the first, which hands its own to the
    /// others in a distributed training.
    /// </summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Steps between checkpoints; 0 for those at the ends of epochs alone.</summary>
    public int CheckpointSteps { get; init; }

    internal bool IsCheckpointed(StepPosition position) =>
        position.EndsEpoch || (CheckpointSteps > 0 && (position.Step + 1) % CheckpointSteps == 0);
}
