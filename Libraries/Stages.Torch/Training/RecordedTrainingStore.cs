namespace QatPipeline.Stages.Torch.Training;

/// <summary>A training's checkpoints in those of its stage, each with the history up to it in one atomic write.</summary>
internal sealed class RecordedTrainingStore : ITrainingStore
{
    private readonly ICheckpointStore _checkpoints;
    private readonly IReadOnlyDictionary<string, EpochRecorder> _recorders;

    private RecordedTrainingStore(ICheckpointStore checkpoints, IReadOnlyDictionary<string, EpochRecorder> recorders) =>
        (_checkpoints, _recorders) = (checkpoints, recorders);

    /// <summary>Restores the histories of what an earlier execution left.</summary>
    /// <param name="checkpoints">The stage's.</param>
    /// <param name="recorders">By the name of the training's checkpoint.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<RecordedTrainingStore> OpenAsync(
        ICheckpointStore checkpoints, IReadOnlyDictionary<string, EpochRecorder> recorders, CancellationToken cancellationToken)
    {
        foreach (var (name, recorder) in recorders)
        {
            if (TrainingCheckpoint.Parse(await checkpoints.ReadAsync(name, cancellationToken)) is { } saved)
            {
                recorder.Restore(saved.History);
            }
        }

        return new RecordedTrainingStore(checkpoints, recorders);
    }

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var content = await _checkpoints.ReadAsync(name, cancellationToken);
        return content is null ? null
            : new MemoryStream(_recorders.ContainsKey(name) ? TrainingCheckpoint.Parse(content)!.Trainer : content, writable: false);
    }

    public Task WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        if (_recorders.TryGetValue(name, out var recorder))
        {
            return _checkpoints.WriteAsync(name, TrainingCheckpoint.Write(recorder.Save(), write), cancellationToken);
        }

        var stream = new MemoryStream();
        write(stream);
        return _checkpoints.WriteAsync(name, stream.GetBuffer().AsMemory(0, (int)stream.Length), cancellationToken);
    }
}
