using System.Net;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd.Chaos;

/// <summary>A run that loses its broker twice and its storage for half a minute.</summary>
[Collection(DistributedCollection.Name)]
[Trait("Category", "Slow")]
public sealed class OutageTests(DistributedSystem system)
{
    private static readonly TimeSpan BrokerOutage = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StorageOutage = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BrokerAndStorageAway_GivesTheBytesOfAnUndisturbedRun()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        const string RunId = "outage";
        var expected = await SmallRun.ExpectedAsync(4, system.ExpectedFolder, Token);
        await system.SubmitAsync(RunId, SmallRun.Yaml(4), Token);

        await system.Host.ExecutesAsync("ptq-calibration", StageNames.Calibrate, RunId, Token);
        await RestartBrokerAsync();

        await system.Host.ExecutesAsync("qat-training", StageNames.Qat, RunId, Token);
        await system.Host.StopAsync("blobs", Token);
        var outage = Task.Delay(StorageOutage, Token);
        using var answer = await system.PostAsync("refused", SmallRun.Yaml(5), Token);
        await outage;
        await system.Host.ResumeAsync("blobs", Token);
        await RestartBrokerAsync();

        var run = await system.CompleteAsync(RunId, Token);
        Assert.Equal(expected.Artifacts, run.Artifacts);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("repeat the request later", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private async Task RestartBrokerAsync()
    {
        await system.Host.KillAsync("messaging", Token);
        await Task.Delay(BrokerOutage, Token);
        await system.Host.ResumeAsync("messaging", Token);
    }
}
