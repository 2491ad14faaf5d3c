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

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    public async Task List_OneDamagedStatus_DoesNotHideTheOthers(string content)
    {
        foreach (var runId in (string[])["damaged", "sound"])
        {
            await _runs.ApplyAsync(new PipelineRequested(runId, ScriptedStage.Specification(), []), Token);
        }

        await File.WriteAllTextAsync(_folder.PathOf(StorePaths.Status("damaged")), content, Token);
        Assert.Equal(["damaged", "sound"], (await _runs.ListAsync(Token)).Select(run => run.RunId).Order(StringComparer.Ordinal));
        await _runs.ApplyAsync(new PipelineCompleted("damaged", "scripted", [], DateTimeOffset.UnixEpoch), Token);
        Assert.Equal(RunState.Completed, (await _runs.ReadAsync("damaged", Token))!.State);
        Assert.Equal(BlobState.Sound, await _blobs.CheckAsync(StorePaths.Status("damaged"), Token));
    }

    [Fact]
    public async Task List_StatusOfAnEarlierVersionThatCannotBeRead_DoesNotHideTheOthers()
    {
        await _runs.ApplyAsync(new PipelineRequested("sound", ScriptedStage.Specification(), []), Token);
        Directory.CreateDirectory(_folder.PathOf(StorePaths.Run("old")));
        await File.WriteAllTextAsync(_folder.PathOf(StorePaths.Status("old")), "{", Token);
        var runs = await _runs.ListAsync(Token);
        Assert.Equal(["old", "sound"], runs.Select(run => run.RunId).Order(StringComparer.Ordinal));
        Assert.Contains(StorePaths.Status("old"), runs.Single(run => run.RunId == "old").Failure!.Message, StringComparison.Ordinal);
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

        public Task<BlobContent?> OpenReadAsync(string name, CancellationToken cancellationToken) =>
            store.OpenReadAsync(name, cancellationToken);

        public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) => store.ExistsAsync(name, cancellationToken);

        public Task<bool> TryCreateAsync(string name, Stream content, string sha256, CancellationToken cancellationToken) =>
            store.TryCreateAsync(name, content, sha256, cancellationToken);

        public Task<bool> TryWriteAsync(
            string name, ReadOnlyMemory<byte> content, string? entityTag, CancellationToken cancellationToken) =>
            store.TryWriteAsync(name, content, entityTag, cancellationToken);

        public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            store.WriteAsync(name, content, cancellationToken);

        public Task CopyAsync(string source, string destination, CancellationToken cancellationToken) =>
            store.CopyAsync(source, destination, cancellationToken);

        public IAsyncEnumerable<BlobEntry> ListAsync(string prefix, CancellationToken cancellationToken) =>
            store.ListAsync(prefix, cancellationToken);

        public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
            store.ListFoldersAsync(prefix, cancellationToken);

        public Task DeleteAsync(string name, CancellationToken cancellationToken) => store.DeleteAsync(name, cancellationToken);

        public Task QuarantineAsync(string name, CancellationToken cancellationToken) => store.QuarantineAsync(name, cancellationToken);

        public Task<IBlobLease?> TryLeaseAsync(string name, CancellationToken cancellationToken) =>
            store.TryLeaseAsync(name, cancellationToken);
    }
}
