namespace QatPipeline.Torch.Training;

/// <summary>What one step of a training works on.</summary>
/// <param name="Images">The pixels.</param>
/// <param name="Labels">What a task loss needs to know of them; nothing for distillation alone.</param>
public sealed record TrainingInput(PixelBatch Images, object? Labels = null);

/// <summary>
/// A deterministic source of training batches: the same epoch and step give the same batch, whenever they are asked for. That is what
/// makes an interrupted training resume exactly.
/// </summary>
public interface ITrainingBatches
{
    /// <summary>Batches of one epoch; at least 1.</summary>
    int StepsPerEpoch { get; }

    /// <summary>Reads a batch. The next one is asked for while a step runs.</summary>
    /// <param name="epoch">0-based.</param>
    /// <param name="step">0-based, within the epoch.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken);
}
