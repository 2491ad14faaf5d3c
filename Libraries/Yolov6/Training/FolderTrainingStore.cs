using QatPipeline.Foundation;

namespace QatPipeline.Yolov6.Training;

/// <summary>Unfinished work as files of a folder of this one training.</summary>
public sealed class FolderTrainingStore(string folder) : ITrainingStore
{
    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, name);
        return Task.FromResult<Stream?>(File.Exists(file) ? File.OpenRead(file) : null);
    }

    /// <summary>Writes beside the file, and replaces it only when all is written; creates the folder.</summary>
    /// <param name="name">A file name.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellationToken">Not heeded: a write is short, and half of one is never seen.</param>
    public Task WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        AtomicFile.Write(Path.Combine(Directory.CreateDirectory(folder).FullName, name), write);
        return Task.CompletedTask;
    }
}
