namespace QatPipeline.Yolov6.Training.Tests;

internal sealed class MemoryTrainingStore : ITrainingStore
{
    private readonly Dictionary<string, byte[]> _content = [];

    public IReadOnlyCollection<string> Names => _content.Keys;

    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(_content.TryGetValue(name, out var content) ? new MemoryStream(content, writable: false) : null);

    public Task WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        write(stream);
        _content[name] = stream.ToArray();
        return Task.CompletedTask;
    }
}
