using System.Text;
using MassTransit;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.TestSupport.Infrastructure;
using RabbitMQ.Client;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>Whatever lies in our queues is refused with a reason and kept, in little memory, and the next run goes on.</summary>
[Trait("Category", "Slow")]
public sealed class HostileMessageTests(BrokerFixture infrastructure) : IClassFixture<BrokerFixture>
{
    private const long MostMemory = 300;
    private const string Envelope = "application/vnd.masstransit+json";
    private const string Data = """{"calibration":[{"yolo":"/d"}],"validation":[{"yolo":"/d"}]}""";

    private static readonly TimeSpan LongestRefusal = TimeSpan.FromSeconds(60);
    private static readonly string Nested = new string('[', 200_000) + new string(']', 200_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Triggers => new()
    {
        { "nested", Nested, "" },
        { "names", Specification(new string('n', 201), "{\"onnx\":\"/m.onnx\"}"), "'name' has 201 characters" },
        { "list", Specification("x", $"[{string.Concat(Enumerable.Repeat("0,", 200_000))}0]"), "Limits__Nodes" },
        { "thief", Specification("x", "{\"onnx\":\"/etc/shadow\"}"), "'model.onnx' names /etc/shadow, which lies or leads outside" },
        { "twice", "null,\"runId\":\"twice\"", "" },
    };

    [Theory]
    [MemberData(nameof(Triggers), DisableDiscoveryEnumeration = true)]
    public async Task Trigger_Hostile_IsKeptWithItsReason_AndTheNextRunCompletes(string runId, string specification, string expected)
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking().AddTrigger(), Token);
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        var memory = new ProcessMemory();

        await PublishAsync(
            PipelineTopology.TriggerExchange, "", $"{{\"runId\":\"{runId}\",\"specification\":{specification}}}", "application/json");
        var kept = await KeptAsync(PipelineTopology.RejectedTriggers);

        Assert.Contains(runId, kept, StringComparison.Ordinal);
        Assert.Contains(expected, kept.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        await AssertServesAsync(gateway, $"after-{runId}");
        Assert.True(memory.PeakGrowth < MostMemory);
    }

    [Theory]
    [InlineData("qat-events")]
    [InlineData("qat-dataset")]
    [InlineData("qat-report")]
    [InlineData("qat-runs")]
    public async Task Envelope_Hostile_EndsInTheErrorQueue_AndTheNextRunCompletes(string queue)
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        await using var gateway = await ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking().AddTrigger(), Token);
        await using var service = await ServiceHost.StartAsync(infrastructure, ScriptedStage.FullPipeline(), Token);
        var type = $"\"messageType\":[\"urn:message:{typeof(PipelineRequested).Namespace}:{nameof(PipelineRequested)}\"]";
        var memory = new ProcessMemory();

        foreach (var (content, format) in new[]
        {
            (Nested, Envelope),
            ($"{{{type},\"message\":{Nested}}}", Envelope),
            ($"{{{type},\"headers\":{{\"a\":{Nested}}},\"message\":{{\"runId\":\"x\"}}}}", Envelope),
            ($"{{\"messageType\":{Nested}}}", Envelope),
            (new string('[', 1_000_000), "application/vnd.masstransit+bson"),
            ("no envelope", "text/plain"),
        })
        {
            await PublishAsync("", queue, content, format);
            Assert.Equal(content.Length, (await KeptAsync($"{queue}_error")).Length);
        }

        await AssertServesAsync(gateway, $"after-{queue}");
        Assert.True(memory.PeakGrowth < MostMemory);
    }

    [Fact]
    public Task EventSentToAStage_NamingAFileOutsideTheRoots_IsRefusedWithItsReason_AndCreatesNothing() => AssertRefusedAsync(
        "sent-thief",
        ScriptedStage.Specification(seed: 90) with { Model = new ModelSpecification { Onnx = "/etc/shadow" } },
        "the PipelineRequested event: 'model.onnx' names /etc/shadow");

    [Fact]
    public Task EventSentToAStage_NamingAHostThatTheSystemMayNotUse_IsRefusedWithItsReason_AndCreatesNothing() => AssertRefusedAsync(
        "sent-intruder",
        ScriptedStage.Specification(seed: 92) with { Qat = new QatSpecification { Hosts = ["victim:2"] } },
        "the PipelineRequested event: qat.hosts names 'victim', where runs of this system may not start processes: leave it out, or start the "
        + "system with its name in Training__Hosts");

    private async Task AssertRefusedAsync(string runId, RunSpecification specification, string reason)
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var stages = ScriptedStage.FullPipeline();
        await using var gateway = await ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking(), Token);
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        var refusal = new TaskCompletionSource<StageFailed>();
        var listener = gateway.Bus.ConnectReceiveEndpoint(
            "listener", endpoint => endpoint.Handler<StageFailed>(context => Task.FromResult(refusal.TrySetResult(context.Message))));
        await listener.Ready.WaitAsync(Token);
        var queue = await gateway.Bus.GetSendEndpoint(new Uri("exchange:qat-dataset"));

        await queue.Send(new PipelineRequested(runId, specification, []), Token);

        Assert.Contains(runId, await KeptAsync("qat-dataset_error"), StringComparison.Ordinal);
        Assert.StartsWith(reason, (await refusal.Task.WaitAsync(LongestRefusal, Token)).Message, StringComparison.Ordinal);
        Assert.Equal(0, stages[0].Executions);
        Assert.Null(await gateway.Runs.ReadAsync(runId, Token));
    }

    private static async Task AssertServesAsync(ServiceHost gateway, string runId)
    {
        await gateway.Bus.SubmitAsync(new PipelineRequested(runId, ScriptedStage.Specification(seed: 91), []), Token);
        Assert.Null((await gateway.WaitForEndAsync(runId, Token)).Failure);
    }

    private static string Specification(string name, string model) =>
        $"{{\"name\":\"{name}\",\"model\":{model},\"data\":{Data},\"qat\":null}}";

    private async Task PublishAsync(string exchange, string key, string content, string format)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var properties = new BasicProperties { ContentType = format };
        await channel.BasicPublishAsync(exchange, key, mandatory: true, properties, Encoding.UTF8.GetBytes(content), Token);
    }

    /// <summary>Waits for a message, and takes it.</summary>
    private async Task<string> KeptAsync(string queue)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await using var connection = await ConnectAsync();
        while (true)
        {
            try
            {
                await using var channel = await connection.CreateChannelAsync(cancellationToken: limit.Token);
                while (true)
                {
                    if (await channel.BasicGetAsync(queue, autoAck: true, limit.Token) is { } message)
                    {
                        return Encoding.UTF8.GetString(message.Body.Span);
                    }

                    await Task.Delay(50, limit.Token);
                }
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                // The first message makes the queue, and asking for one that is not there closes the channel.
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = new Uri(infrastructure.Broker.ConnectionString) }.CreateConnectionAsync(Token);
}
