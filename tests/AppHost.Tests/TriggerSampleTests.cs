using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>The examples of <c>samples/triggers</c> against the system, executed where their client is installed.</summary>
[Collection(RunningSystemTests.Name)]
public sealed class TriggerSampleTests(RunningSystem system) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("publish.py", "/usr/bin/python3", "-c", "import pika")]
    [InlineData("publish.sh", "amqp-publish", "--help")]
    public async Task Sample_StartsARun(string sample, string client, params string[] check)
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        Assert.SkipUnless(await SampleScript.SucceedsAsync(client, check), $"{sample} needs its AMQP client: ./qat setup --tests");
        var runId = $"sample-{Path.GetExtension(sample)[1..]}";
        var trigger = _folder.PathOf("trigger.json");
        await File.WriteAllTextAsync(trigger, TinyRun.Trigger(runId), Token);
        await using var pipeline = await PipelineClient.ConnectAsync(system.Broker, Token);
        var interpreter = sample.EndsWith(".py", StringComparison.Ordinal) ? client : "bash";

        await SampleScript.ExecuteAsync(interpreter, sample, trigger, new() { ["AMQP_URL"] = system.Broker.OriginalString });

        Assert.Equal(runId, (await pipeline.WaitForCompletionAsync(runId, Token)).RunId);
    }
}
