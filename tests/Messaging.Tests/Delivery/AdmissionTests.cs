using System.Collections.Concurrent;
using MassTransit;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Messaging.Workers;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>Events that nobody honest sends, against a real RabbitMQ and a real Azurite.</summary>
[Trait("Category", "Slow")]
public sealed class AdmissionTests(BrokerFixture infrastructure) : IClassFixture<BrokerFixture>
{
    private static readonly ArtifactReference Nowhere = new(ArtifactNames.EvaluationReport, new string('0', 64), 1);

    private const string Forged = "forged";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_OfUnknownRunWithoutTruth_IsRefusedAndCreatesNothing()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var specification = ScriptedStage.Specification(seed: 30);
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        var failures = await Failures.ListenAsync(gateway.Bus, Token);

        await gateway.Bus.Publish(new ModelEvaluated("forged-empty", specification, []), Token);
        await gateway.Bus.Publish(new ModelEvaluated("forged-missing", specification, [Nowhere]), Token);
        await gateway.Bus.Publish(new PipelineRequested("forged-request", specification with { Qat = new() { Epochs = 0 } }, []), Token);
        await gateway.Bus.Publish(new StageFailed("forged-failure", StageNames.Qat, Forged, "", "", DateTimeOffset.UnixEpoch), Token);
        await gateway.Bus.Publish(new PipelineCompleted("forged-end", "no", [], DateTimeOffset.UnixEpoch), Token);
        await gateway.Bus.Publish(new PipelineCancelled("forged-cancel", "no", DateTimeOffset.UnixEpoch), Token);
        await SettleAsync(gateway, "after-forgery");

        Assert.Empty(await gateway.Blobs.ListAsync(StorePaths.Runs + "forged", Token).ToListAsync(Token));
        Assert.Contains("names no artifact", await failures.OfAsync("forged-empty"), StringComparison.Ordinal);
        Assert.Contains("The store has no artifact", await failures.OfAsync("forged-missing"), StringComparison.Ordinal);
        Assert.Contains("must be from 1", await failures.OfAsync("forged-request"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_OfKnownRun_OtherSpecificationOrForgedEnd_LeavesTheRunAsItIs()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var specification = ScriptedStage.Specification(seed: 31);
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        var failures = await Failures.ListenAsync(gateway.Bus, Token);
        await gateway.Bus.SubmitAsync(new PipelineRequested("taken", specification, []), Token);
        var completed = await gateway.WaitForEndAsync("taken", Token);
        await SettleAsync(gateway, "before-taking");
        var before = await ContentOfAsync(gateway, "taken");

        await gateway.Bus.Publish(new PipelineRequested("taken", specification with { Seed = 32 }, []), Token);
        await gateway.Bus.Publish(new GraphOptimized("taken", specification with { Seed = 32 }, completed.Artifacts), Token);
        await gateway.Bus.Publish(new PipelineCompleted("taken", "other", [], DateTimeOffset.UnixEpoch), Token);
        await gateway.Bus.Publish(new StageFailed("taken", "", Forged, "", "", DateTimeOffset.UnixEpoch), Token);
        await SettleAsync(gateway, "after-taking");

        Assert.Equal(before, await ContentOfAsync(gateway, "taken"));
        Assert.Contains("with another specification", await failures.OfAsync("taken"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfCancelledRun_IsRefusedWithThatReason()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var request = new PipelineRequested("stopped-before", ScriptedStage.Specification(seed: 33), []);
        await using var gateway = await GatewayAsync();
        var failures = await Failures.ListenAsync(gateway.Bus, Token);
        await gateway.Bus.SubmitAsync(request, Token);
        await WaitAsync(async () => await gateway.Runs.ReadAsync(request.RunId, Token) is not null);
        await gateway.Bus.Publish(new PipelineCancelled(request.RunId, "not needed", DateTimeOffset.UtcNow), Token);
        await gateway.WaitForEndAsync(request.RunId, Token);

        await gateway.Bus.SubmitAsync(request, Token);

        Assert.Contains("was cancelled", await failures.OfAsync(request.RunId), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workers_NoneThenAll_RunWaitsForTheServiceAndThenGoesOn()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await ServiceHost.StartAsync(
            infrastructure, pipeline => pipeline.AddRunTracking().AddTrigger().AddWorkerWatch(), Token);
        var workers = gateway.Get<StageWorkers>();
        await gateway.Bus.SubmitAsync(new PipelineRequested("waiting", ScriptedStage.Specification(seed: 34), []), Token);
        await WaitAsync(async () => workers.Missing.Count == 7 && await gateway.Runs.ReadAsync("waiting", Token) is not null);

        var shown = workers.Describe((await gateway.Runs.ReadAsync("waiting", Token))!);
        Assert.Equal((RunState.Waiting, "dataset-loading"), (shown.State, shown.WaitingFor));
        Assert.Equal("waiting for dataset-loading", shown.Stages[0].Activity);

        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        var ended = await gateway.WaitForEndAsync("waiting", Token);
        await WaitAsync(() => Task.FromResult(workers.Missing.Count == 0));
        Assert.Equal(RunState.Completed, workers.Describe(ended).State);
    }

    private static async Task<List<(string Name, string Content)>> ContentOfAsync(ServiceHost gateway, string runId)
    {
        var content = new List<(string, string)>();
        await foreach (var (name, _) in gateway.Blobs.ListAsync($"{StorePaths.Runs}{runId}/", Token))
        {
            content.Add((name, Convert.ToBase64String((await gateway.Blobs.ReadAsync(name, Token))!.Content)));
        }

        return content;
    }

    // Queues keep their order: a run that goes through all of them comes after what was there before.
    private static async Task SettleAsync(ServiceHost gateway, string runId)
    {
        await gateway.Bus.SubmitAsync(new PipelineRequested(runId, ScriptedStage.Specification(seed: 35), []), Token);
        Assert.Equal(RunState.Completed, (await gateway.WaitForEndAsync(runId, Token)).State);
    }

    private static async Task WaitAsync(Func<Task<bool>> isTrue)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await isTrue())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private Task<ServiceHost> GatewayAsync() =>
        ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking().AddTrigger(), Token);

    /// <summary>Refusals, as anybody on the bus hears them.</summary>
    private sealed class Failures : IConsumer<StageFailed>
    {
        private readonly ConcurrentDictionary<string, string> _messages = new();

        public static async Task<Failures> ListenAsync(IBus bus, CancellationToken cancellationToken)
        {
            var failures = new Failures();
            var endpoint = bus.ConnectReceiveEndpoint($"failures-{Guid.NewGuid():N}", configure =>
            {
                configure.Consumer(() => failures);
                if (configure is IRabbitMqReceiveEndpointConfigurator rabbit)
                {
                    rabbit.AutoDelete = true;
                }
            });
            await endpoint.Ready.WaitAsync(cancellationToken);
            return failures;
        }

        public Task Consume(ConsumeContext<StageFailed> context)
        {
            if (context.Message.Message != Forged)
            {
                _messages[context.Message.RunId] = context.Message.Message;
            }

            return Task.CompletedTask;
        }

        public async Task<string> OfAsync(string runId)
        {
            await WaitAsync(() => Task.FromResult(_messages.ContainsKey(runId)));
            return _messages[runId];
        }
    }
}
