namespace QatPipeline.Yolov6.Training;

/// <summary>Where a training keeps its unfinished work, by name. A write replaces the whole content or nothing.</summary>
public interface ITrainingStore
{
    /// <summary>What was last written, from its start and able to seek; null where nothing was. The caller disposes it.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <param name="name">The name it will be opened by.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken);
}
