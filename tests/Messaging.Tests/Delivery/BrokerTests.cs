using System.Text;
using MassTransit;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Broker;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;
using RabbitMQ.Client;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>The services' messaging and storage against a real RabbitMQ and a real Azurite.</summary>
[Trait("Category", "Slow")]
public sealed class BrokerTests(BrokerFixture infrastructure) : IClassFixture<BrokerFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_AcrossThreeProcesses_RunsEveryStageToCompletion()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var stages = ScriptedStage.FullPipeline();
        await using var gateway = await GatewayAsync();
        await using var first = await ServiceHost.StartAsync(infrastructure, stages.Take(4), Token);
        await using var second = await ServiceHost.StartAsync(infrastructure, stages.Skip(4), Token);

        await gateway.Bus.SubmitAsync(new PipelineRequested("across", ScriptedStage.Specification(seed: 11), []), Token);
        var status = await gateway.WaitForEndAsync("across", Token);

        Assert.Null(status.Failure);
        Assert.Equal(RunState.Completed, status.State);
        Assert.Equal([1, 0, 1, 1, 1, 1, 1], stages.Select(stage => stage.Executions));
        Assert.True(await gateway.Blobs.ExistsAsync(StorePaths.RunFile("across", ArtifactNames.EvaluationReport), Token));
    }

    [Fact]
    public async Task Bus_ThatRuns_IsHealthyAndItsBrokerAnswers()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await GatewayAsync();

        Assert.Equal(BusHealthStatus.Healthy, gateway.Get<IBusControl>().CheckHealth().Status);
        Assert.True(await BrokerAddress.AnswersAsync(infrastructure.Broker.ConnectionString, Token));
        Assert.False(await BrokerAddress.AnswersAsync("amqp://nobody:nothing@127.0.0.1:1", Token));
    }

    [Fact]
    public async Task Request_PublishedBeforeTheServiceEverStarted_WaitsInItsQueue()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await GatewayAsync();
        await gateway.Bus.SubmitAsync(new PipelineRequested("early", ScriptedStage.Specification(seed: 12), []), Token);
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        Assert.Equal(RunState.Completed, (await gateway.WaitForEndAsync("early", Token)).State);
    }

    [Fact]
    public async Task Requests_OneAfterAnother_AreRoutedByTheTracker()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        await using var gateway = await GatewayAsync();
        var (atService, atGateway) = (new RoutedRequests(), new RoutedRequests());
        service.Bus.ConnectConsumeMessageObserver(atService);
        gateway.Bus.ConnectConsumeMessageObserver(atGateway);
        string[] runs = ["routed-1", "routed-2", "routed-3", "routed-4"];
        foreach (var run in runs)
        {
            await gateway.Bus.SubmitAsync(new PipelineRequested(run, ScriptedStage.Specification(seed: 14), []), Token);
            await gateway.WaitForEndAsync(run, Token);
        }

        Assert.Equal(runs, atGateway.RunIds);
        Assert.Empty(atService.RunIds);
    }

    [Fact]
    public async Task Event_WithArtifacts_StartsThePipelineFromThere()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var stages = ScriptedStage.FullPipeline();
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        var specification = ScriptedStage.Specification(seed: 13);
        await gateway.Bus.SubmitAsync(new PipelineRequested("whole", specification, []), Token);
        var whole = await gateway.WaitForEndAsync("whole", Token);

        await gateway.Bus.Publish(new GraphOptimized("tail", specification with { Name = "tail" }, whole.Artifacts), Token);
        var tail = await gateway.WaitForEndAsync("tail", Token);
        Assert.Equal(RunState.Completed, tail.State);
        Assert.Equal(whole.Artifacts, tail.Artifacts);
        Assert.Equal(1, stages[0].Executions);
    }

    [Fact]
    public async Task RepeatedEvents_DoNothingTwice()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var stages = ScriptedStage.FullPipeline();
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        var completions = new Counter();
        var listener = gateway.Bus.ConnectReceiveEndpoint("completions", endpoint => endpoint.Consumer(() => completions));
        await listener.Ready;
        var request = new PipelineRequested("repeated", ScriptedStage.Specification(seed: 14), []);
        for (var i = 0; i < 3; i++)
        {
            await gateway.Bus.SubmitAsync(request, Token);
        }

        var status = await gateway.WaitForEndAsync("repeated", Token);
        await gateway.Bus.Publish(new ModelEvaluated("repeated", request.Specification, status.Artifacts), Token);
        await gateway.Bus.SubmitAsync(request with { RunId = "after" }, Token);
        await gateway.WaitForEndAsync("after", Token);
        Assert.Equal([1, 0, 1, 1, 1, 1, 1], stages.Select(stage => stage.Executions));
        Assert.Equal(["after", "repeated"], completions.Runs.Order(StringComparer.Ordinal));
        await listener.StopAsync(Token);
    }

    [Fact]
    public async Task PlainJson_OnTheTriggerExchange_StartsARun()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        await PublishRawAsync(
            """{"runId":"raw","specification":{"name":"raw","seed":15,"model":{"onnx":"/m.onnx"},"data":{"calibration":[{"yolo":"/d"}],"training":[{"yolo":"/d"}],"validation":[{"yolo":"/d"}]}}}""");
        Assert.Equal(RunState.Completed, (await gateway.WaitForEndAsync("raw", Token)).State);
    }

    [Theory]
    [InlineData("bad-field", """{"runId":"bad-field","specification":{"name":"x","sed":15,"model":{},"data":{}}}""", "sed")]
    [InlineData(
        "bad-range",
        """{"runId":"bad-range","specification":{"name":"x","model":{"onnx":"/m"},"data":{},"qat":{"epochs":0}}}""",
        "'qat.epochs' is 0, but must be from 1 to 1000")]
    [InlineData(
        "bad-path",
        """{"runId":"bad-path","specification":{"name":"x","model":{"onnx":"m"},"data":{}}}""",
        "'model.onnx' is 'm', but must be an absolute path")]
    [InlineData(
        "bad-digest",
        """{"runId":"bad-digest","specification":{"name":"x","model":{"onnx":"/m"},"data":{"calibration":[{"yolo":"/d"}],"validation":[{"yolo":"/d"}]},"qat":null},"artifacts":[{"name":"a","sha256":"12","size":1}]}""",
        "'12' is not a SHA-256 digest")]
    [InlineData(
        "bad-name",
        """{"runId":"bad-name","specification":{"name":"x","model":{"onnx":"/m"},"data":{"calibration":[{"yolo":"/d"}],"validation":[{"yolo":"/d"}]},"qat":null},"artifacts":[{"name":"../a","sha256":"12","size":1}]}""",
        "'../a' is not a usable artifact name")]
    [InlineData("bad-id", """{"runId":"bad-id","specification":null}""", "specification")]
    public async Task PlainJson_NotUnderstood_IsAnsweredAndKept(string runId, string json, string expected)
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await GatewayAsync();
        await PublishRawAsync(json);
        var status = await gateway.WaitForEndAsync(runId, Token);
        Assert.Equal(RunState.Failed, status.State);
        Assert.Contains(expected, status.Failure!.Message, StringComparison.Ordinal);
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var kept = await channel.BasicGetAsync(PipelineTopology.RejectedTriggers, autoAck: true, Token);
        Assert.Contains(runId, Encoding.UTF8.GetString(kept!.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_ReachesTheWorkingService()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var working = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        var stage = new ScriptedStage(StageNames.Dataset, ArtifactNames.DatasetIndex)
        {
            Script = async (_, token) =>
            {
                working.SetResult();
                await using var registration = token.Register(() => stopped.SetResult());
                await Task.Delay(Timeout.Infinite, token);
            },
        };
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, [stage], Token);
        await gateway.Bus.SubmitAsync(new PipelineRequested("cancelled", ScriptedStage.Specification(seed: 16), []), Token);
        await working.Task.WaitAsync(Token);
        await gateway.Bus.Publish(new PipelineCancelled("cancelled", "not needed", DateTimeOffset.UtcNow), Token);
        await stopped.Task.WaitAsync(Token);
        Assert.Equal(RunState.Cancelled, (await gateway.WaitForEndAsync("cancelled", Token)).State);
    }

    [Fact]
    public async Task Call_BrokenOffByItsOtherEnd_IsRetried()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var stages = ScriptedStage.FullPipeline().ToList();
        var calls = 0;
        stages[0] = new ScriptedStage(StageNames.Dataset, ArtifactNames.DatasetIndex)
        {
            Script = (_, _) => Interlocked.Increment(ref calls) switch
            {
                1 => throw new OperationCanceledException("the stream was reset"),
                2 => throw new IOException("the stream was reset", new TaskCanceledException()),
                _ => Task.CompletedTask,
            },
        };
        await using var gateway = await GatewayAsync();
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        await gateway.Bus.SubmitAsync(new PipelineRequested("broken-off", ScriptedStage.Specification(seed: 18), []), Token);
        Assert.Equal(RunState.Completed, (await gateway.WaitForEndAsync("broken-off", Token)).State);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Service_StoppedInTheMiddle_LeavesItsMessageToTheNext()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var working = new TaskCompletionSource();
        var interrupted = new ScriptedStage(StageNames.Dataset, ArtifactNames.DatasetIndex)
        {
            Script = async (context, token) =>
            {
                await context.Checkpoints.WriteAsync("step", new byte[] { 5 }, token);
                working.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            },
        };
        await using var gateway = await GatewayAsync();
        await using (await ServiceHost.StartAsync(infrastructure, [interrupted], Token))
        {
            await gateway.Bus.SubmitAsync(new PipelineRequested("stopped", ScriptedStage.Specification(seed: 17), []), Token);
            await working.Task.WaitAsync(Token);
        }

        byte[]? found = null;
        var stages = ScriptedStage.FullPipeline().ToList();
        stages[0] = new ScriptedStage(StageNames.Dataset, ArtifactNames.DatasetIndex)
        {
            Script = async (context, token) => found = await context.Checkpoints.ReadAsync("step", token),
        };
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        Assert.Equal(RunState.Completed, (await gateway.WaitForEndAsync("stopped", Token)).State);
        Assert.Equal([5], found!);
    }

    private Task<ServiceHost> GatewayAsync() =>
        ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking().AddTrigger(), Token);

    private async Task PublishRawAsync(string json)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await channel.BasicPublishAsync(
            PipelineTopology.TriggerExchange, "", Encoding.UTF8.GetBytes(json), cancellationToken: Token);
    }

    private Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = new Uri(infrastructure.Broker.ConnectionString) }.CreateConnectionAsync(Token);

    private sealed class Counter : IConsumer<PipelineCompleted>
    {
        private readonly Lock _gate = new();

        public List<string> Runs { get; } = [];

        public Task Consume(ConsumeContext<PipelineCompleted> context)
        {
            lock (_gate)
            {
                Runs.Add(context.Message.RunId);
            }

            return Task.CompletedTask;
        }
    }
}
