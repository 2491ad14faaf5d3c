using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Runs.Tests.Tracking;

public sealed class RunStatusChangesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly RunSpecification Specification = ScriptedStage.Specification();
    private static readonly PipelineRequested Requested = new("r", Specification, []);

    [Fact]
    public void Apply_EventsInAnyOrderAndTwice_GiveTheSameStates()
    {
        var prepared = new DatasetPrepared("r", Specification, [new("index", "1", 1)]);
        var calibrated = new ModelCalibrated("r", Specification, [new("index", "1", 1), new("ptq", "2", 1)]);
        var inOrder = Apply(Requested, prepared, calibrated);
        var shuffled = Apply(calibrated, Requested, prepared, calibrated, prepared);
        Assert.Equal(inOrder.Stages.Select(stage => stage.State), shuffled.Stages.Select(stage => stage.State));
        Assert.Equal(inOrder.Artifacts, shuffled.Artifacts);
        Assert.Equal(RunState.Running, shuffled.State);
    }

    [Fact]
    public void Apply_RepeatedEvent_ChangesNothing()
    {
        var status = Apply(Requested, new DatasetPrepared("r", Specification, [new("index", "1", 1)]));
        Assert.Same(
            status,
            RunStatusChanges.Apply(status, new DatasetPrepared("r", Specification, [new("index", "1", 1)]), StageTable.Standard, null, Now));
    }

    [Fact]
    public void Apply_LateProgress_LeavesAFinishedStage()
    {
        var status = Apply(Requested, new DatasetPrepared("r", Specification, []));
        var late = new StageProgressed("r", "dataset", "reading", 1, 9, new Dictionary<string, double>(), Now);
        Assert.Same(status, RunStatusChanges.Apply(status, late));
    }

    [Fact]
    public void Apply_ProgressAfterTheEnd_IsIgnored()
    {
        var failed = RunStatusChanges.Apply(Apply(Requested), new StageFailed("r", "dataset", "bad", "fix", "X", Now));
        Assert.Equal(RunState.Failed, failed.State);
        Assert.Equal(StageState.Failed, failed.Stages[0].State);
        var late = new StageProgressed("r", "calibrate", "", 1, 9, new Dictionary<string, double>(), Now);
        Assert.Same(failed, RunStatusChanges.Apply(failed, late));
        Assert.Same(failed, RunStatusChanges.Apply(failed, new PipelineCancelled("r", "late", Now)));
    }

    [Fact]
    public void Apply_FailureOfAnUnknownRun_IsKept()
    {
        var failed = RunStatusChanges.Apply(null, new StageFailed("r", "", "not understood", "read the manual", "BadTrigger", Now));
        Assert.Equal("not understood", failed.Failure!.Message);
    }

    [Fact]
    public void Apply_RejectedTriggerWithTheIdOfARun_LeavesTheRunAlone()
    {
        var status = Apply(Requested);
        Assert.Same(
            status, RunStatusChanges.Apply(status, new StageFailed("r", "", "not understood", "read the manual", "BadTrigger", Now)));
    }

    [Fact]
    public void Apply_CorrectedTrigger_StartsTheRun()
    {
        var failed = RunStatusChanges.Apply(null, new StageFailed("r", "", "not understood", "read the manual", "BadTrigger", Now));
        var status = RunStatusChanges.Apply(failed, Requested, StageTable.Standard, "trace", Now);
        Assert.Equal(RunState.Requested, status.State);
        Assert.Null(status.Failure);
        Assert.Null(status.Finished);
    }

    private static RunStatus Apply(params IPipelineEvent[] events) =>
        events.Aggregate(
            (RunStatus?)null, (status, happened) => RunStatusChanges.Apply(status, happened, StageTable.Standard, "trace", Now))!;
}
