using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Telemetry;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Storage;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Tests.Telemetry;

public sealed class ProgressSamplerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("run progress of the year")]
    [InlineData("stage qat")]
    [InlineData("QatPipeline.Contracts.V1:DatasetPrepared send")]
    public void ShouldSample_AnythingElse_IsKept(string name) => Assert.Equal(SamplingDecision.RecordAndSample, Decide(name));

    /// <summary>The names are the bus's: what it calls the delivery of a progress message must be what is dropped.</summary>
    [Fact]
    public async Task ShouldSample_SpansOfAProgressMessage_AreDropped()
    {
        var names = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MassTransit",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => names.Add(span.OperationName),
        };
        ActivitySource.AddActivityListener(listener);
        using var folder = new ScratchFolder();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging().AddSingleton<IBlobStore>(new FolderBlobStore(folder.FullName)).AddPipelineExecution();
        builder.Services.AddInMemoryPipelineBus(StageTable.Standard, pipeline => pipeline.AddRunTracking());
        using var host = builder.Build();
        await host.StartAsync(Token);
        var runs = host.Services.GetRequiredService<RunStatusStore>();
        await runs.ApplyAsync(new PipelineRequested("sampled", ScriptedStage.Specification(), []), Token);
        await host.Services.GetRequiredService<IBus>().Publish(
            new StageProgressed("sampled", "dataset", "reading", 1, 2, new Dictionary<string, double>(), DateTimeOffset.UnixEpoch), Token);
        await foreach (var status in runs.WatchAsync("sampled", status => status, Token))
        {
            if (status.State == RunState.Running)
            {
                break;
            }
        }

        await host.StopAsync(Token);

        var spans = names.Where(name => name.Contains("progress", StringComparison.OrdinalIgnoreCase)).Distinct().ToList();
        Assert.True(spans.Count >= 3, string.Join('\n', names));
        Assert.All(spans, name => Assert.Equal(SamplingDecision.Drop, Decide(name)));
    }

    private static SamplingDecision Decide(string name) => new ProgressSampler().ShouldSample(
        new SamplingParameters(default, ActivityTraceId.CreateRandom(), name, ActivityKind.Producer, null, null)).Decision;
}
