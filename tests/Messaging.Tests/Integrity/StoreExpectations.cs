using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;
using QatPipeline.Runs.Verification;

namespace QatPipeline.Messaging.Tests.Integrity;

/// <summary>What a sound store held, and what must be true of it once it is damaged, and once it is repaired.</summary>
internal sealed class StoreExpectations(IBlobStore blobs)
{
    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>All blobs that have content, by name.</summary>
    public IReadOnlyList<string> Names => [.. _contents.Keys];

    public static async Task<StoreExpectations> TakeAsync(IBlobStore blobs)
    {
        var expected = new StoreExpectations(blobs);
        await foreach (var entry in blobs.ListAsync("", Token).Where(IsOfTheRun))
        {
            expected._contents[entry.Name] = (await blobs.ReadAsync(entry.Name, Token))!.Content;
        }

        return expected;
    }

    /// <summary>Nobody gets the blob's content, and nobody who asks for something else gets anything wrong.</summary>
    public async Task AssertNeverHandedOutAsync(string damaged, string runId, IReadOnlyList<ArtifactReference> artifacts)
    {
        await Assert.ThrowsAsync<DamagedBlobException>(() => blobs.ReadAsync(damaged, Token));
        var status = await StatusAsync(runId);
        Assert.Equal(RunState.Completed, status.State);
        Assert.Equal(artifacts, status.Artifacts);

        // A cache of its own, which cannot have a good copy.
        var cache = Directory.CreateTempSubdirectory("qat-test-").FullName;
        var files = new RunFileStore(blobs, new ArtifactStore(blobs, new ArtifactCache(cache, 1 << 20, TimeProvider.System)));
        foreach (var file in await files.ListAsync(runId, status.Artifacts, Token))
        {
            try
            {
                var content = (await files.OpenAsync(runId, status.Artifacts, file.Name, Token))!;
                await using var stream = content.Stream;
                using var copy = new MemoryStream();
                await stream.CopyToAsync(copy, Token);
                Assert.Equal(_contents[StorePaths.RunFile(runId, file.Name)], copy.ToArray());
            }
            catch (DamagedBlobException exception)
            {
                Assert.Contains(damaged, exception.Message, StringComparison.Ordinal);
            }
        }

        Directory.Delete(cache, recursive: true);
    }

    /// <summary>The verification names the blob as damaged, with a remedy.</summary>
    public async Task AssertVerifyNamesAsync(string damaged)
    {
        var findings = await VerifyAsync();
        var finding = Assert.Single(findings, finding => finding.Name == damaged);
        Assert.Equal(StoreFindingKind.Damaged, finding.Kind);
        Assert.NotEmpty(finding.Remedy);
    }

    /// <summary>Nothing is damaged or missing any more, and every artifact is what it was.</summary>
    public async Task AssertSoundAsync(string runId)
    {
        Assert.Empty(await VerifyAsync());
        Assert.Equal(RunState.Completed, (await StatusAsync(runId)).State);
        foreach (var (name, content) in _contents.Where(entry => StorePaths.DigestOf(entry.Key) is not null))
        {
            Assert.Equal(content, (await blobs.ReadAsync(name, Token))!.Content);
        }
    }

    private static bool IsOfTheRun(BlobEntry entry) =>
        entry.Size > 0 && !entry.Name.StartsWith(StorePaths.Quarantine, StringComparison.Ordinal);

    private async Task<RunStatus> StatusAsync(string runId)
    {
        var runs = await new RunStatusStore(blobs, StageTable.Standard, TimeProvider.System).ListAsync(Token);
        return Assert.Single(runs, run => run.RunId == runId);
    }

    private Task<List<StoreFinding>> VerifyAsync() =>
        new StoreVerification(blobs, StageTable.Standard).FindAsync(quarantine: false, null, Token).ToListAsync(Token).AsTask();
}
