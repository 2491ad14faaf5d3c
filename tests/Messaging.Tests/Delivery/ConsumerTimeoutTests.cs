using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>A broker that is not ours, with a consumer time-out shorter than a stage.</summary>
[Trait("Category", "Slow")]
public sealed class ConsumerTimeoutTests(ConsumerTimeoutTests.ImpatientBroker infrastructure)
    : IClassFixture<ConsumerTimeoutTests.ImpatientBroker>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delivery_TakenAwayByTheBroker_JoinsTheWorkInProgress()
    {
        Assert.SkipUnless(BrokerFixture.IsAvailable, BrokerFixture.SkipReason);
        var stages = ScriptedStage.FullPipeline().ToList();
        stages[2] = new ScriptedStage(StageNames.Calibrate, ArtifactNames.PtqGraph, ArtifactNames.DatasetIndex)
        {
            Script = (_, token) => Task.Delay(ImpatientBroker.Patience * 2.5, token),
        };
        await using var gateway = await ServiceHost.StartAsync(infrastructure, pipeline => pipeline.AddRunTracking(), Token);
        await using var service = await ServiceHost.StartAsync(infrastructure, stages, Token);
        await gateway.Bus.SubmitAsync(new PipelineRequested("long", ScriptedStage.Specification(seed: 21), []), Token);

        var status = await gateway.WaitForEndAsync("long", Token);
        Assert.Null(status.Failure);
        Assert.Equal(RunState.Completed, status.State);
        Assert.Equal(1, stages[3].Executions);
    }

    public sealed class ImpatientBroker : BrokerFixture
    {
        internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        protected override TimeSpan ConsumerTimeout => Patience;
    }
}
