using QatPipeline.Contracts.Artifacts;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Messaging.Tests.Embedded;

public sealed class FullDiskTests
{
    private const int Kibibyte = 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_StoreIsFull_FailsWithTheRemedy_AndGoesOnWhenThereIsRoom()
    {
        using var disk = SmallDisk.TryMount(512 * Kibibyte);
        Assert.SkipWhen(disk is null, SmallDisk.SkipReason);
        var big = new string('x', 1024 * Kibibyte);
        var stages = ScriptedStage.FullPipeline().ToList();
        stages[2] = new ScriptedStage(StageNames.Calibrate, ArtifactNames.PtqGraph, ArtifactNames.DatasetIndex)
        {
            Script = (context, token) => File.WriteAllTextAsync(context.OutputPath(ArtifactNames.CalibrationReport), big, token),
        };

        var full = await RunAsync("full", stages, seed: 1);
        Assert.Equal(StageNames.Calibrate, full.Failure!.Stage);
        Assert.Contains("Free space", full.Failure.Remedy, StringComparison.Ordinal);

        var other = await RunAsync("other", ScriptedStage.FullPipeline(), seed: 2);
        Assert.Null(other.Failure);

        disk!.Resize(8 * 1024 * Kibibyte);
        var again = await RunAsync("again", stages, seed: 1);
        Assert.Null(again.Failure);
        Assert.True(again.Stages[0].Reused);

        Task<EmbeddedRun> RunAsync(string runId, IEnumerable<ScriptedStage> run, long seed) => EmbeddedPipeline.RunAsync(
            ScriptedStage.Specification(seed), disk!.Folder, run, new EmbeddedOptions { RunId = runId }, null, Token);
    }

    [Fact]
    public async Task Write_NoSpaceForTheLock_FailsInsteadOfWaiting()
    {
        using var disk = SmallDisk.TryMount(64 * Kibibyte);
        Assert.SkipWhen(disk is null, SmallDisk.SkipReason);
        var store = new FolderBlobStore(disk.Folder);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (var file = 0; ; file++)
            {
                await store.WriteAsync($"blobs/{file}", new byte[4 * Kibibyte], Token);
            }
        });
    }
}
