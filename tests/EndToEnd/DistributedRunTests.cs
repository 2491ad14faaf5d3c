using System.Net.Http.Headers;
using System.Text;
using QatPipeline.Contracts;
using QatPipeline.Pipeline;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.Pipeline.Lineage;
using QatPipeline.ServiceDefaults.Runs;
using System.Text.Json;

namespace QatPipeline.EndToEnd;

/// <summary>Runs through all services, undisturbed and under fire, against one undisturbed process.</summary>
public sealed class DistributedRunTests(DistributedSystem system) : IClassFixture<DistributedSystem>, IDisposable
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    private readonly ScratchFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_ThroughAllServices_GivesTheBytesOfOneProcess_AndIsReusedTheSecondTime()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        var first = await WaitAsync(await SubmitAsync("first", seed: 1));
        Assert.Equal(RunState.Completed, first.State);
        Assert.Equal(await SmallRun.ExpectedAsync(1, folder.FullName, Token), first.Artifacts);

        var engine = first.Artifacts.Single(artifact => artifact.Name == ArtifactNames.Int8Engine);
        var pulled = await system.Container.GetBlobClient($"runs/first/files/{engine.Name}").DownloadContentAsync(Token);
        Assert.Equal(engine.Sha256, Digests.Of(pulled.Value.Content));

        var second = await WaitAsync(await SubmitAsync("second", seed: 1));
        Assert.Equal(first.Artifacts, second.Artifacts);
        var lineage = await new LineageLog(system.Blobs).ReadAsync("second", Token);
        Assert.All(lineage, entry => Assert.Equal("first", entry.Run.Facets.Stage.ReusedFrom));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_ServicesBrokerAndStorageKilled_GivesTheSameBytes()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        var random = new Random(20260101);
        await SubmitAsync("fire", seed: 2);
        foreach (var project in new[] { "DatasetLoading", "PtqCalibration", "OnnxGraphOptimization", "TrtEngineBuilding", "CocoEvaluation" })
        {
            await Task.Delay(random.Next(2000), Token);
            system[project].Kill();
            await system[project].ResumeAsync(Token);
        }

        system.Broker.Kill();
        await system.Broker.ResumeAsync(Token);
        system.Storage.Kill();
        await Task.Delay(random.Next(2000), Token);
        await system.Storage.ResumeAsync(Token);

        var run = await WaitAsync("fire");
        Assert.Equal(RunState.Completed, run.State);
        Assert.Equal(await SmallRun.ExpectedAsync(2, folder.FullName, Token), run.Artifacts);
    }

    private async Task<string> SubmitAsync(string runId, int seed)
    {
        using var content = new StringContent(SmallRun.Yaml(seed), Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        using var response = await system.Gateway.PostAsync(new Uri($"/runs?runId={runId}", UriKind.Relative), content, Token);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        return runId;
    }

    private async Task<RunStatus> WaitAsync(string runId)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(LongestRun);
        while (true)
        {
            var status = JsonSerializer.Deserialize<RunStatus>(
                await system.Gateway.GetStringAsync($"/runs/{runId}", limit.Token), PipelineJson.Options)!;
            if (status.IsFinal)
            {
                Assert.True(status.Failure is null, status.Failure?.Message);
                return status;
            }

            await Task.Delay(200, limit.Token);
        }
    }
}
