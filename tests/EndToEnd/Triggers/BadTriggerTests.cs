using System.Text;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Specification;
using QatPipeline.SystemSupport;
using RabbitMQ.Client;

namespace QatPipeline.EndToEnd.Triggers;

/// <summary>Whatever comes over the bus is answered, and the runs of others go on.</summary>
[Collection(DistributedCollection.Name)]
public sealed class BadTriggerTests(DistributedSystem system)
{
    private const string Data = """{"calibration":[{"synthetic":{"images":4}}],"validation":[{"synthetic":{"images":4}}]}""";
    private static readonly string Missing = Path.Combine(TestData.RepositoryRoot, "nowhere");
    private static readonly string MissingData = $$$"""{"calibration":[{"yolo":"{{{Missing}}}"}],"validation":[{"yolo":"{{{Missing}}}"}]}""";
    private const string Model = "\"model\":{\"yolov6\":{\"variant\":\"n\"}}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BadTriggers_AreAnsweredWithARemedy_AndOtherRunsGoOn()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        await using var tape = await EventTape.StartAsync(system.Host.Broker, echoes: false, Token);
        await using var connection = await new ConnectionFactory { Uri = new Uri(system.Host.Broker) }
            .CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await system.SubmitAsync("others", SmallRun.Yaml(1), Token);

        await TriggerAsync("""{"runId":"malformed", oops""");
        await TriggerAsync(
            $$$"""{"runId":"unknown-field","specification":{"name":"x","sede":1,{{{Model}}},"data":{{{Data}}},"qat":null}}""");
        await TriggerAsync(
            $$$"""{"runId":"out-of-range","specification":{"name":"x",{{{Model}}},"data":{{{Data}}},"qat":{"epochs":5000} } }""");
        await TriggerAsync($$$"""{"runId":"missing-data","specification":{"name":"x",{{{Model}}},"data":{{{MissingData}}},"qat":null}}""");
        await TriggerAsync($$$"""{"runId":"too-large","specification":{"name":"{{{new string('x', 1 << 20)}}}"}}""");
        await tape.PublishAsync(WithUnknownDigest("unknown-digest"), Token);
        await tape.PublishAsync(OutOfRange("event-out-of-range"), Token);

        await AssertAnsweredAsync(tape, "", "'o' is an invalid start of a property name");
        await AssertAnsweredAsync(tape, "", "at most");
        await AssertAnsweredAsync(tape, "unknown-field", "unknown key 'sede'; did you mean 'seed'?");
        await AssertAnsweredAsync(tape, "out-of-range", "'qat.epochs' is 5000, but must be from 1 to 1000");
        await AssertAnsweredAsync(tape, "missing-data", $"{Missing}: no such folder");
        await AssertAnsweredAsync(tape, "unknown-digest", "The store has no artifact with the digest " + new string('a', 64));
        await AssertAnsweredAsync(tape, "event-out-of-range", "'build.durationMilliseconds' is 0, but must be from 1 to 600000");
        Assert.NotNull((await system.EndAsync("missing-data", Token)).Failure);
        await system.CompleteAsync("others", Token);

        async Task TriggerAsync(string json) => await channel.BasicPublishAsync(
            PipelineTopology.TriggerExchange, "", Encoding.UTF8.GetBytes(json), cancellationToken: Token);
    }

    [Fact]
    public async Task PoisonMessage_EndsInTheErrorQueue_AndTheStageGoesOn()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        await using var connection = await new ConnectionFactory { Uri = new Uri(system.Host.Broker) }
            .CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await channel.BasicPublishAsync("", "qat-dataset", "no envelope"u8.ToArray(), cancellationToken: Token);

        await system.SubmitAsync("after-poison", SmallRun.Yaml(1), Token);
        await system.CompleteAsync("after-poison", Token);
        var kept = new List<string>();
        while (await channel.BasicGetAsync("qat-dataset_error", autoAck: true, Token) is { } message)
        {
            kept.Add(Encoding.UTF8.GetString(message.Body.Span));
        }

        Assert.Contains("no envelope", kept);
    }

    private static GraphOptimized WithUnknownDigest(string runId)
    {
        var unknown = new string('a', 64);
        return new GraphOptimized(
            runId, Specification(), [new(ArtifactNames.FloatForm, unknown, 1), new(ArtifactNames.OrtCpuForm, unknown, 1)]);
    }

    private static PipelineRequested OutOfRange(string runId) =>
        new(runId, Specification() with { Build = new BuildSpecification { DurationMilliseconds = 0 } }, []);

    private static RunSpecification Specification() => RunSpecificationLoader.Parse(SmallRun.Yaml(1), "the test", "/");

    private static async Task AssertAnsweredAsync(EventTape tape, string runId, string message)
    {
        var failure = await tape.FindAsync<StageFailed>(
            failed => failed.RunId == runId && failed.Message.Contains(message, StringComparison.Ordinal), Token);
        Assert.NotEmpty(failure.Remedy);
    }
}
