namespace QatPipeline.Torch.Training;

/// <summary>The evaluation of an epoch, 0-based.</summary>
public readonly record struct EpochScore(int Epoch, double Score);

/// <summary>What a training gave.</summary>
/// <param name="Graph">The averaged weights and ranges of the best epoch; of the last where nothing was evaluated.</param>
/// <param name="BestEpoch">0-based.</param>
/// <param name="Scores">All evaluations in order.</param>
public sealed record TrainingResult(Graph Graph, int BestEpoch, IReadOnlyList<EpochScore> Scores);

/// <summary>What a training calls on its way. All are optional.</summary>
public sealed record TrainingCallbacks
{
    /// <summary>Scores the graph with averaged weights; larger is better.</summary>
    public Func<Graph, CancellationToken, Task<double>>? Evaluate { get; init; }

    /// <summary>Score of what the training started from: an epoch that is not above it counts as equal to none that is.</summary>
    public double Baseline { get; init; } = double.NegativeInfinity;

    /// <summary>Keeps a checkpoint, which it writes by calling the action with a stream.</summary>
    public Func<Action<Stream>, CancellationToken, Task>? Checkpoint { get; init; }

    /// <summary>Told after every step, on the thread that trains.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }
}
