using System.Diagnostics;
using System.Globalization;
using System.Text;
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
        Assert.True(await _store.TryCreateAsync("a/b", new MemoryStream([1]), Token));
        Assert.False(await _store.TryCreateAsync("a/b", new MemoryStream([2]), Token));
        Assert.Equal([1], (await _store.ReadAsync("a/b", Token))!.Content);
    }

    [Fact]
    public async Task TryCreate_ManyAtOnce_ExactlyOneWins()
    {
        var wins = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            i => Task.Run(() => new FolderBlobStore(_folder.FullName).TryCreateAsync("once", new MemoryStream([(byte)i]), Token))));
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
        Assert.Equal(["runs/r/files/model"], await _store.ListAsync("runs/", Token).ToListAsync(Token));
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
