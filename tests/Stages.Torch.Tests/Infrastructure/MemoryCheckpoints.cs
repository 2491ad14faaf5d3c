using QatPipeline.Runs.Execution;

namespace QatPipeline.Stages.Torch.Tests.Infrastructure;

internal sealed class MemoryCheckpoints : ICheckpointStore
{
    private readonly Dictionary<string, byte[]> _content = [];

    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        _content[name] = content.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_content.GetValueOrDefault(name));
}
