using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Specification;
using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>Replicas share the work of a service, and what comes out does not tell how many there were.</summary>
[Collection(RunningSystemTests.Name)]
[Trait("Category", "Slow")]
public sealed class ReplicaTests(RunningSystem system)
{
    private const string Service = "dataset-loading";

    /// <summary>Enough pictures that a client asks for more ranges of them than one connection serves.</summary>
    private static readonly RunSpecification Specification = TinyRun.Create(seed: 200, validationImages: 300);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoReplicas_BothServeImages_AndTheArtifactsAreThoseOfOne()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        const string RunId = "replicas";
        await using var replicated = await AspireSystem.StartAsync(Token, null, $"--Replicas:{Service}=2");
        var artifacts = await RunAsync(replicated, RunId);
        var trace = await replicated.ReadTraceAsync(RunId, Token);

        var streams = trace.Where(span => span.Service == Service && span.Name.Contains("Read", StringComparison.Ordinal));
        Assert.Equal(2, streams.Select(span => span.Instance).Distinct().Count());
        Assert.Equal(await RunAsync(system.Host, RunId), artifacts);
    }

    [Fact]
    public async Task TwoReplicasOfEverything_OneOfEachKilled_EndTheDemoWithTheArtifactsOfOne()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        const string RunId = "through-kills";
        var demo = RunSpecificationLoader.Load(Path.Combine(TestData.RepositoryRoot, "samples", "demo", "run.yaml"));
        await using var replicated = await AspireSystem.StartAsync(
            Token, null, [.. system.Host.Services.Select(service => $"--Replicas:{service}=2")]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var kills = KillOneOfEachAsync(replicated, RunId, stop.Token);

        var artifacts = await RunAsync(replicated, RunId, demo);
        await kills;

        Assert.Equal(await RunAsync(system.Host, RunId, demo), artifacts);
    }

    /// <summary>One service after the other loses a replica, each as soon as its stage works; the gateway when the last one does.</summary>
    private static async Task KillOneOfEachAsync(AspireSystem host, string runId, CancellationToken cancellationToken)
    {
        foreach (var (stage, service) in RunTests.Work.Select(work => (work.Key, work.Value.Service)))
        {
            while (!host.LogOf(service).Contains($"Stage {stage} of run {runId}", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromSeconds(0.2), cancellationToken);
            }

            await host.KillAsync(service, cancellationToken);
        }

        await host.KillAsync("gateway", cancellationToken);
    }

    /// <summary>What a run leaves, by name and digest, without the report: it names durations.</summary>
    private static async Task<SortedDictionary<string, string>> RunAsync(
        AspireSystem host, string runId, RunSpecification? specification = null)
    {
        await using var client = await PipelineClient.ConnectAsync(new Uri(host.Broker), Token);
        await client.RequestAsync(TinyRun.Trigger(runId, specification ?? Specification), Token);
        var completed = await client.WaitForCompletionAsync(runId, Token);
        return new(completed.Artifacts
            .Where(artifact => !artifact.Name.StartsWith("report.", StringComparison.Ordinal))
            .ToDictionary(artifact => artifact.Name, artifact => artifact.Sha256));
    }
}
