using QatPipeline.Contracts.Artifacts;
using QatPipeline.SystemSupport;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd.Triggers;

/// <summary>A service whose disk is full ends the run with a remedy; with room again the run goes on where it was.</summary>
[Collection(DistributedCollection.Name)]
[Trait("Category", "Slow")]
public sealed class FullDiskTests(DistributedSystem system)
{
    private const string Service = "onnx-graph-optimization";
    private const int Variation = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stage_DiskIsFull_FailsWithTheRemedy_AndGoesOnWhenThereIsRoom()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        using var disk = SmallDisk.TryMount(64 << 10);
        Assert.SkipWhen(disk is null, SmallDisk.SkipReason);
        await RestartAsync(disk!.Folder);
        try
        {
            await system.SubmitAsync("full", SmallRun.Yaml(Variation), Token);
            var full = await system.EndAsync("full", Token);
            Assert.Equal(StageNames.Optimize, full.Failure!.Stage);
            Assert.True(full.Failure.Remedy.Contains("Free space on the full disk", StringComparison.Ordinal), full.Failure.ToString());

            disk.Resize(64 << 20);
            await system.SubmitAsync("room", SmallRun.Yaml(Variation), Token);
            await system.CompleteAsync("room", Token);
        }
        finally
        {
            await RestartAsync(null);
        }
    }

    private async Task RestartAsync(string? toolFolder)
    {
        await system.Host.KillAsync(Service, Token);
        system.ToolFolderOfOptimizer = toolFolder;
        await system.Host.ResumeAsync(Service, Token);
    }
}
