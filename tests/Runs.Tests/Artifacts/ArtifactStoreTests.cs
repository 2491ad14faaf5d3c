using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Tests.Artifacts;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ArtifactStore _store;

    public ArtifactStoreTests()
    {
        var cache = new ArtifactCache(_folder.PathOf("cache"), 1 << 20, TimeProvider.System);
        _store = new ArtifactStore(new FolderBlobStore(_folder.PathOf("store")), cache);
        File.WriteAllText(_folder.PathOf("model.onnx"), "abc");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Put_SameContentTwice_GivesOneBlobUnderItsDigest()
    {
        var first = await _store.PutAsync("a.onnx", _folder.PathOf("model.onnx"), Token);
        var second = await _store.PutAsync("b.onnx", _folder.PathOf("model.onnx"), Token);

        // FIPS 180-2, appendix B.1.
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", first.Sha256);
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal(3, first.Size);
        Assert.Equal("abc", await File.ReadAllTextAsync(await _store.FetchAsync(second, Token), Token));
    }

    [Fact]
    public async Task Fetch_DamagedContent_NamesTheBlob()
    {
        var artifact = await _store.PutAsync("a.onnx", _folder.PathOf("model.onnx"), Token);
        await File.WriteAllTextAsync(_folder.PathOf("store", "artifacts", "sha256", artifact.Sha256), "abd", Token);
        var exception = await Assert.ThrowsAsync<DamagedBlobException>(() => _store.FetchAsync(artifact, Token));
        Assert.Contains($"artifacts/sha256/{artifact.Sha256}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_UnknownDigest_SaysSo()
    {
        var unknown = new ArtifactReference("a.onnx", new string('0', 64), 1);
        var exception = await Assert.ThrowsAsync<ArtifactException>(() => _store.FetchAsync(unknown, Token));
        Assert.Contains(unknown.Sha256, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_DamagedOrWrongContent_IsNotServed()
    {
        var cache = new ArtifactCache(_folder.PathOf("cache"), 1 << 20, TimeProvider.System);
        var digest = Digests.Of("abc"u8);
        Assert.Null(await cache.TryAddAsync(digest, new MemoryStream("abd"u8.ToArray()), Token));
        var path = await cache.TryAddAsync(digest, new MemoryStream("abc"u8.ToArray()), Token);
        Assert.Equal(path, await cache.TryGetAsync(digest, Token));
        await File.WriteAllTextAsync(path!, "damaged", Token);
        Assert.Null(await cache.TryGetAsync(digest, Token));
        Assert.Empty(Directory.GetFiles(_folder.PathOf("cache")));
    }

    [Fact]
    public async Task Put_StoredCopyIsDamaged_IsStoredAnew()
    {
        var artifact = await _store.PutAsync("a.onnx", _folder.PathOf("model.onnx"), Token);
        await File.WriteAllTextAsync(_folder.PathOf("store", "artifacts", "sha256", artifact.Sha256), "abd", Token);
        await _store.PutAsync("a.onnx", _folder.PathOf("model.onnx"), Token);
        Assert.Equal("abc", await File.ReadAllTextAsync(await _store.FetchAsync(artifact, Token), Token));
        Assert.Equal("abd", await File.ReadAllTextAsync(
            _folder.PathOf("store", "quarantine", "1", "artifacts", "sha256", artifact.Sha256), Token));
    }

    [Fact]
    public async Task Cache_OverItsLimit_KeepsWhatIsOpen()
    {
        var cache = new ArtifactCache(_folder.PathOf("cache"), 3, TimeProvider.System);
        var used = (await cache.TryAddAsync(Digests.Of("abc"u8), new MemoryStream("abc"u8.ToArray()), Token))!;
        File.SetLastWriteTimeUtc(used, DateTime.UtcNow.AddMinutes(-2));
        await using (File.OpenRead(used))
        {
            await cache.TryAddAsync(Digests.Of("d"u8), new MemoryStream("d"u8.ToArray()), Token);
            Assert.True(File.Exists(used));
        }

        await cache.TryAddAsync(Digests.Of("e"u8), new MemoryStream("e"u8.ToArray()), Token);
        Assert.False(File.Exists(used));
    }

    [Fact]
    public async Task Cache_OverItsLimit_DropsTheLeastRecentlyUsed()
    {
        var cache = new ArtifactCache(_folder.PathOf("cache"), 3, TimeProvider.System);
        var old = (await cache.TryAddAsync(Digests.Of("abc"u8), new MemoryStream("abc"u8.ToArray()), Token))!;
        var recent = (await cache.TryAddAsync(Digests.Of("d"u8), new MemoryStream("d"u8.ToArray()), Token))!;
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddMinutes(-2));
        await cache.TryAddAsync(Digests.Of("e"u8), new MemoryStream("e"u8.ToArray()), Token);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(recent));
    }
}
