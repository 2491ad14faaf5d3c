using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Tracking;

/// <summary>
/// What every event makes of a run's status. Events may come twice and in any order: a state never goes back, and a change that changes
/// nothing returns the same object.
/// </summary>
internal static class RunStatusChanges
{
    public static RunStatus Apply(
        RunStatus? status, IPipelineEvent happened, StageTable stages, string? traceId, DateTimeOffset now)
    {
        var current = status is null || status.Stages.Count == 0 ? Start(status, happened, stages, traceId, now) : status;
        if (stages.Completed(happened) is not { } stage)
        {
            return current;
        }

        var (done, artifacts) = (With(current, stage.Name, Complete), ArtifactList.Accumulate(current.Artifacts, happened.Artifacts));
        return ReferenceEquals(done, current) && artifacts.SequenceEqual(current.Artifacts)
            ? current
            : done with { Artifacts = artifacts, State = Later(current.State, RunState.Running) };
    }

    public static RunStatus? Apply(RunStatus? status, StageProgressed progress) =>
        status is null || status.IsFinal
            ? status
            : With(status, progress.Stage, stage => Progress(stage, progress)) is var changed && ReferenceEquals(changed, status)
                ? status
                : changed with { State = Later(status.State, RunState.Running) };

    // A trigger that was not understood says nothing about the run that has the id it gave.
    public static RunStatus Apply(RunStatus? status, StageFailed failed)
    {
        if (status is not null && failed.Stage.Length == 0)
        {
            return status;
        }

        var current = status ?? new RunStatus { RunId = failed.RunId, Requested = failed.At };
        return current.IsFinal
            ? current
            : With(current, failed.Stage, stage => stage with { State = StageState.Failed }) with
            {
                State = RunState.Failed,
                Finished = failed.At,
                Failure = new RunFailure(failed.Stage, failed.Message, failed.Remedy, failed.ErrorType),
            };
    }

    public static RunStatus? Apply(RunStatus? status, PipelineCancelled cancelled) =>
        status is null || status.IsFinal
            ? status
            : status with
            {
                State = RunState.Cancelled,
                Finished = cancelled.At,
                Failure = new RunFailure("", cancelled.Reason, "Submit the run again; finished stages are reused.", "Cancelled"),
            };

    // A completed run is complete, even if one delivery of a stage had failed before another one of it succeeded.
    public static RunStatus? Apply(RunStatus? status, PipelineCompleted completed) =>
        status is null || status.State == RunState.Completed
            ? status
            : status with
            {
                State = RunState.Completed,
                Finished = completed.At,
                Artifacts = completed.Artifacts,
                Failure = null,
                Stages = [.. status.Stages.Select(Complete)],
            };

    /// <summary>The run's stages are looked at, and where needed done, once more.</summary>
    public static RunStatus? Reopen(RunStatus? status) =>
        status is null || !status.IsFinal
            ? status
            : status with
            {
                State = RunState.Requested,
                Finished = null,
                Failure = null,
                Stages = [.. status.Stages.Select(stage => stage with { State = StageState.Waiting, Activity = "", Done = 0 })],
            };

    private static RunStatus Start(
        RunStatus? status, IPipelineEvent happened, StageTable stages, string? traceId, DateTimeOffset now) =>
        (status is null or { Failure.Stage: "" }
            ? new RunStatus { RunId = happened.RunId, Requested = now, TraceId = traceId }
            : status) with
        {
            Name = happened.Specification.Name,
            Artifacts = ArtifactList.Accumulate([], happened.Artifacts ?? []),
            Stages = [.. stages.StagesOf(happened.Specification).Select(
                stage => new StageStatus(stage, StageState.Waiting, "", 0, 0, new Dictionary<string, double>()))],
        };

    private static RunState Later(RunState current, RunState next) => next > current ? next : current;

    private static StageStatus Complete(StageStatus stage) =>
        stage.State == StageState.Completed ? stage : stage with { State = StageState.Completed, Done = stage.Total };

    private static StageStatus Progress(StageStatus stage, StageProgressed progress) =>
        stage.State is StageState.Completed or StageState.Failed
            ? stage
            : stage with
            {
                State = StageState.Running,
                Activity = progress.Activity,
                Done = progress.Done,
                Total = progress.Total,
                Figures = progress.Figures,
            };

    private static RunStatus With(RunStatus status, string name, Func<StageStatus, StageStatus> change)
    {
        var stages = status.Stages.Select(stage => stage.Stage == name ? change(stage) : stage).ToList();
        return stages.Zip(status.Stages).All(pair => ReferenceEquals(pair.First, pair.Second)) ? status : status with { Stages = stages };
    }
}
