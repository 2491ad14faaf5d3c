using QatPipeline.Graphs.Model;

namespace QatPipeline.Torch.Distillation;

/// <summary>What a training gave.</summary>
/// <param name="Graph">The averaged weights and ranges of the best epoch; of the last where nothing was evaluated.</param>
/// <param name="BestEpoch">0-based.</param>
/// <param name="Scores">The evaluation of every epoch; empty where nothing was evaluated.</param>
public sealed record QatResult(Graph Graph, int BestEpoch, IReadOnlyList<double> Scores);

/// <summary>What a training calls on its way. All are optional.</summary>
public sealed record QatCallbacks
{
    /// <summary>Scores the fake-quantized graph after every epoch; larger is better.</summary>
    public Func<Graph, CancellationToken, Task<double>>? Evaluate { get; init; }

    /// <summary>Keeps a checkpoint, which it writes by calling the action with a stream.</summary>
    public Func<Action<Stream>, CancellationToken, Task>? Checkpoint { get; init; }

    /// <summary>Receives the losses and the rate after every step.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }
}
