using System.Diagnostics;
using System.Globalization;
using System.Text;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Tests.Artifacts;

public sealed class FolderBlobStoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FolderBlobStore _store;

    public FolderBlobStoreTests() => _store = new FolderBlobStore(_folder.FullName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TryCreate_SecondWriter_LeavesTheFirstContent()
    {
        Assert.True(await _store.TryCreateAsync("a/b", new MemoryStream([1]), Digests.Of([1]), Token));
        Assert.False(await _store.TryCreateAsync("a/b", new MemoryStream([2]), Digests.Of([2]), Token));
        Assert.Equal([1], (await _store.ReadAsync("a/b", Token))!.Content);
    }

    [Fact]
    public async Task TryCreate_ManyAtOnce_ExactlyOneWins()
    {
        var wins = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            i => Task.Run(() => new FolderBlobStore(_folder.FullName)
                .TryCreateAsync("once", new MemoryStream([(byte)i]), Digests.Of([(byte)i]), Token))));
        Assert.Single(wins, won => won);
    }

    [Fact]
    public async Task TryWrite_OldEntityTag_IsRefused()
    {
        Assert.True(await _store.TryWriteAsync("x", new byte[] { 1 }, null, Token));
        var tag = (await _store.ReadAsync("x", Token))!.EntityTag;
        Assert.True(await _store.TryWriteAsync("x", new byte[] { 2 }, tag, Token));
        Assert.False(await _store.TryWriteAsync("x", new byte[] { 3 }, tag, Token));
        Assert.False(await _store.TryWriteAsync("x", new byte[] { 3 }, null, Token));
        Assert.Equal([2], (await _store.ReadAsync("x", Token))!.Content);
    }

    [Fact]
    public async Task Update_ConcurrentWriters_LosesNothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var own = new FolderBlobStore(_folder.FullName);
            for (var i = 0; i < 10; i++)
            {
                await own.UpdateAsync("count", Increment, Token);
            }
        })));
        Assert.Equal("80", Encoding.UTF8.GetString((await _store.ReadAsync("count", Token))!.Content));

        static byte[] Increment(byte[]? content) => Encoding.UTF8.GetBytes(
            (content is null ? 1 : int.Parse(content, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Copy_IsReadableUnderBothNames_AndListed()
    {
        await _store.WriteAsync("artifacts/1", new byte[] { 7 }, Token);
        await _store.CopyAsync("artifacts/1", "runs/r/files/model", Token);
        await _store.CopyAsync("artifacts/1", "runs/r/files/model", Token);
        Assert.Equal([7], (await _store.ReadAsync("runs/r/files/model", Token))!.Content);
        Assert.Equal([new BlobEntry("runs/r/files/model", 1)], await _store.ListAsync("runs/", Token).ToListAsync(Token));
        Assert.Equal(["r"], await _store.ListFoldersAsync("runs/", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Lease_HeldElsewhere_IsRefusedUntilReleased()
    {
        var lease = await _store.TryLeaseAsync("leases/k", Token);
        Assert.NotNull(lease);
        Assert.Null(await new FolderBlobStore(_folder.FullName).TryLeaseAsync("leases/k", Token));
        await lease.DisposeAsync();
        await using var second = await _store.TryLeaseAsync("leases/k", Token);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task Lease_HolderIsKilled_IsFreeAtOnce()
    {
        await (await _store.TryLeaseAsync("leases/k", Token))!.DisposeAsync();
        var lockFile = Directory.GetFiles(_folder.PathOf(".locks")).Single(path => path.Contains("lease-", StringComparison.Ordinal));
        var start = new ProcessStartInfo("flock", ["--no-fork", lockFile, "sh", "-c", "echo held; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        };
        using var holder = Process.Start(start)!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(Token));
        Assert.Null(await _store.TryLeaseAsync("leases/k", Token));

        holder.Kill(entireProcessTree: true);
        await holder.WaitForExitAsync(Token);
        await using var lease = await _store.TryLeaseAsync("leases/k", Token);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task Write_IsOneLinkWhoseTargetNamesTheDigest_ReadableByItsPath()
    {
        await _store.WriteAsync("runs/r/status.json", new byte[] { 1 }, Token);
        await _store.WriteAsync("runs/r/status.json", new byte[] { 2 }, Token);
        Assert.Equal([2], await File.ReadAllBytesAsync(_folder.PathOf("runs", "r", "status.json"), Token));
        Assert.Equal(
            [$".status.json@{Digests.Of([2])}", "status.json"],
            Directory.GetFiles(_folder.PathOf("runs", "r")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await _store.DeleteAsync("runs/r/status.json", Token);
        Assert.Empty(Directory.GetFiles(_folder.PathOf("runs", "r")));
    }

    [Fact]
    public async Task Write_AfterAKillBetweenItsSteps_LeavesOnlyTheNewContent()
    {
        await _store.WriteAsync("a/b", new byte[] { 1 }, Token);
        await File.WriteAllBytesAsync(_folder.PathOf("a", $".b@{Digests.Of([9])}"), [9], Token);
        Assert.Equal([1], (await _store.ReadAsync("a/b", Token))!.Content);
        await _store.WriteAsync("a/b", new byte[] { 2 }, Token);
        Assert.Equal(2, Directory.GetFiles(_folder.PathOf("a")).Length);
    }

    [Fact]
    public async Task Read_WhileAnotherWrites_GivesOneWholeContent()
    {
        await _store.WriteAsync("a/b", new byte[64], Token);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (byte value = 0; !stop.IsCancellationRequested; value++)
            {
                await _store.WriteAsync("a/b", Enumerable.Repeat(value, 64).ToArray(), Token);
            }
        }, Token);
        for (var read = 0; read < 500; read++)
        {
            Assert.Single((await _store.ReadAsync("a/b", Token))!.Content.Distinct());
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task Read_Damaged_NamesTheBlob_UntilItIsQuarantined()
    {
        await _store.WriteAsync("a/b", new byte[] { 1 }, Token);
        await File.WriteAllBytesAsync(_folder.PathOf("a", "b"), [3], Token);
        var exception = await Assert.ThrowsAsync<DamagedBlobException>(() => _store.ReadAsync("a/b", Token));
        Assert.Equal(("a/b", Digests.Of([1])), (exception.Name, exception.Sha256));
        Assert.Equal(BlobState.Damaged, await _store.CheckAsync("a/b", Token));

        await _store.QuarantineAsync("a/b", Token);
        Assert.Null(await _store.ReadAsync("a/b", Token));
        Assert.Equal([3], (await _store.ReadAsync("quarantine/1/a/b", Token))!.Content);
        Assert.True(await _store.TryWriteAsync("a/b", new byte[] { 1 }, null, Token));
        await _store.QuarantineAsync("a/b", Token);
        Assert.Equal([1], (await _store.ReadAsync("a/b", Token))!.Content);
    }

    [Fact]
    public async Task Read_ContentThatIsGone_IsDamaged()
    {
        await _store.WriteAsync("a/b", new byte[] { 1 }, Token);
        File.Delete(_folder.PathOf("a", $".b@{Digests.Of([1])}"));
        await Assert.ThrowsAsync<DamagedBlobException>(() => _store.ReadAsync("a/b", Token));
        await _store.QuarantineAsync("a/b", Token);
        Assert.False(await _store.ExistsAsync("a/b", Token));
    }

    [Fact]
    public async Task Read_FileOfAVersionWithoutDigests_IsReadAndReplaced()
    {
        Directory.CreateDirectory(_folder.PathOf("a"));
        await File.WriteAllBytesAsync(_folder.PathOf("a", "b"), [1], Token);
        Assert.Equal(BlobState.Unknown, await _store.CheckAsync("a/b", Token));
        var tag = (await _store.ReadAsync("a/b", Token))!.EntityTag;
        Assert.True(await _store.TryWriteAsync("a/b", new byte[] { 2 }, tag, Token));
        Assert.Equal(BlobState.Sound, await _store.CheckAsync("a/b", Token));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData(".tmp/x")]
    [InlineData("a\\b")]
    [InlineData("")]
    public async Task AnyOperation_UnsafeName_Throws(string name) =>
        await Assert.ThrowsAsync<ArtifactException>(() => _store.WriteAsync(name, new byte[] { 1 }, Token));
}
