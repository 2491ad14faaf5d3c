using System.Diagnostics;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.EndToEnd.Chaos;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tracking;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd;

/// <summary>A cancelled run stops where it is and leaves nothing behind.</summary>
[Collection(DistributedCollection.Name)]
public sealed class CancelTests(DistributedSystem system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancel_WhileTraining_StopsTheStageAndFreesItsLease()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        await system.SubmitAsync("cancelled", SmallRun.Yaml(1, epochs: 1000), Token);
        var key = await system.Host.ExecutesAsync("qat-training", StageNames.Qat, "cancelled", Token);
        var clock = Stopwatch.StartNew();
        using var answer = await system.Gateway.DeleteAsync(new Uri("/runs/cancelled", UriKind.Relative), Token);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(RunState.Cancelled, (await system.EndAsync("cancelled", Token)).State);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (!system.Host.LogOf("qat-training").Contains("Stage qat of run cancelled: the run is cancelled", StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
        }

        TestContext.Current.SendDiagnosticMessage($"training stopped after {clock.Elapsed.TotalSeconds:F2} s");
        var lease = await system.Blobs.TryLeaseAsync(StorePaths.Lease(key), Token);
        Assert.NotNull(lease);
        await lease.DisposeAsync();
        Assert.False(await system.Blobs.ExistsAsync(StorePaths.StageRecord(key), Token));

        await system.SubmitAsync("after-cancel", SmallRun.Yaml(1), Token);
        await system.CompleteAsync("after-cancel", Token);
    }
}
