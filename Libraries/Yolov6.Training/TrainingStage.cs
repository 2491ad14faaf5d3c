using QatPipeline.Graphs.Model;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Training;

/// <summary>One stage of a training that keeps its checkpoints in a store.</summary>
/// <param name="Name">Of its checkpoint in the store.</param>
/// <param name="Batches">With <see cref="DetectionLabels"/> as labels; disposed after the training where they can be.</param>
/// <param name="Evaluate">Scores the graph with averaged weights; null for no evaluation.</param>
/// <param name="Progress">Receives every step.</param>
/// <param name="Baseline">Score of what the training starts from; see <see cref="TrainingCallbacks.Baseline"/>.</param>
public sealed record TrainingStage(
    string Name,
    ITrainingBatches Batches,
    Func<Graph, CancellationToken, Task<double>>? Evaluate = null,
    IProgress<TrainingProgress>? Progress = null,
    double Baseline = double.NegativeInfinity)
{
    /// <summary>Trains to the end, from the store's checkpoint where there is one, and keeps one an epoch there.</summary>
    /// <exception cref="CheckpointException">The checkpoint belongs to another training.</exception>
    public async Task<TrainingResult> RunAsync(Trainer trainer, ITrainingStore store, CancellationToken cancellationToken)
    {
        var saved = await store.OpenAsync(Name, cancellationToken);
        if (saved is not null)
        {
            await using (saved)
            {
                trainer.Load(saved);
            }
        }

        var callbacks = new TrainingCallbacks
        {
            Evaluate = Evaluate,
            Baseline = Baseline,
            Progress = Progress,
            Checkpoint = (save, token) => store.WriteAsync(Name, save, token),
        };
        try
        {
            return await trainer.TrainAsync(Batches, callbacks, cancellationToken);
        }
        finally
        {
            // What was read ahead.
            if (Batches is IAsyncDisposable reader)
            {
                await reader.DisposeAsync();
            }
        }
    }
}
