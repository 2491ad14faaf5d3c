using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Runs.Tests.Tracking;

public sealed class RunStatusStoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly CountingStore _blobs;
    private readonly RunStatusStore _runs;

    public RunStatusStoreTests()
    {
        _blobs = new CountingStore(new FolderBlobStore(_folder.FullName));
        _runs = new RunStatusStore(_blobs, StageTable.Standard, TimeProvider.System);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_EachLook_ReadsTheStatusOnce()
    {
        await _runs.ApplyAsync(new PipelineRequested("watched", ScriptedStage.Specification(), []), Token);
        _blobs.Reads = 0;
        await using var states = _runs.WatchAsync("watched", status => status, Token).GetAsyncEnumerator(Token);

        Assert.True(await states.MoveNextAsync());
        Assert.Equal(RunState.Requested, states.Current.State);
        Assert.Equal(1, _blobs.Reads);
    }

    [Fact]
    public async Task Watch_RunThatEnds_GivesEveryStateAndEnds()
    {
        await _runs.ApplyAsync(new PipelineRequested("ending", ScriptedStage.Specification(), []), Token);
        var seen = new List<RunState>();
        await foreach (var status in _runs.WatchAsync("ending", status => status, Token))
        {
            seen.Add(status.State);
            await _runs.ApplyAsync(new PipelineCompleted("ending", "scripted", [], DateTimeOffset.UnixEpoch), Token);
        }

        Assert.Equal([RunState.Requested, RunState.Completed], seen);
    }

    [Fact]
    public async Task WatchList_EachLook_ReadsEveryStatusOnce()
    {
        await _runs.ApplyAsync(new PipelineRequested("first", ScriptedStage.Specification(), []), Token);
        await _runs.ApplyAsync(new PipelineRequested("second", ScriptedStage.Specification(), []), Token);
        _blobs.Reads = 0;
        await using var changes = new RunListChanges(_blobs, _runs, TimeProvider.System).WatchAsync(() => "", Token).GetAsyncEnumerator(Token);

        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(2, changes.Current);
        Assert.Equal(2, _blobs.Reads);
    }

    private sealed class CountingStore(IBlobStore store) : IBlobStore
    {
        public int Reads { get; set; }

        public Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellationToken)
        {
            Reads++;
            return store.ReadAsync(name, cancellationToken);
        }

        public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken) =>
            store.OpenReadAsync(name, cancellationToken);

        public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) => store.ExistsAsync(name, cancellationToken);

        public Task<bool> TryCreateAsync(string name, Stream content, CancellationToken cancellationToken) =>
            store.TryCreateAsync(name, content, cancellationToken);

        public Task<bool> TryWriteAsync(
            string name, ReadOnlyMemory<byte> content, string? entityTag, CancellationToken cancellationToken) =>
            store.TryWriteAsync(name, content, entityTag, cancellationToken);

        public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            store.WriteAsync(name, content, cancellationToken);

        public Task CopyAsync(string source, string destination, CancellationToken cancellationToken) =>
            store.CopyAsync(source, destination, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken) =>
            store.ListAsync(prefix, cancellationToken);

        public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
            store.ListFoldersAsync(prefix, cancellationToken);

        public Task DeleteAsync(string name, CancellationToken cancellationToken) => store.DeleteAsync(name, cancellationToken);

        public Task<IBlobLease?> TryLeaseAsync(string name, CancellationToken cancellationToken) =>
            store.TryLeaseAsync(name, cancellationToken);
    }
}
