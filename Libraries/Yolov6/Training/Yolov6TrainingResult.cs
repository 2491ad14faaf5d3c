using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Yolov6.Training;

/// <summary>The evaluation of an epoch, 0-based.</summary>
public readonly record struct EpochScore(int Epoch, double Score);

/// <summary>What a training gave.</summary>
/// <param name="Graph">The averaged weights of the best epoch; of the last where nothing was evaluated.</param>
/// <param name="BestEpoch">0-based.</param>
/// <param name="Scores">All evaluations in order.</param>
public sealed record Yolov6TrainingResult(Graph Graph, int BestEpoch, IReadOnlyList<EpochScore> Scores);

/// <summary>What a training calls on its way. All are optional.</summary>
public sealed record Yolov6TrainingCallbacks
{
    /// <summary>Scores the graph with averaged weights; larger is better.</summary>
    public Func<Graph, CancellationToken, Task<double>>? Evaluate { get; init; }

    /// <summary>Keeps a checkpoint after every epoch, which it writes by calling the action with a stream.</summary>
    public Func<Action<Stream>, CancellationToken, Task>? Checkpoint { get; init; }

    /// <summary>Told after every iteration, on the thread that trains.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Called with the parameters after every backward pass: where data-parallel training averages the gradients of its processes.
    /// </summary>
    public Action<IReadOnlyList<NetworkParameter>>? ReduceGradients { get; init; }
}
