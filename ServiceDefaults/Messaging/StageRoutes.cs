using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;

namespace QatPipeline.ServiceDefaults.Messaging;

/// <summary>Which event follows which stage, and which queue a stage listens on. The specification decides between them.</summary>
internal static class StageRoutes
{
    /// <summary>The queue of a stage: replicas of its service compete for its messages.</summary>
    public static string Queue(string stage) => $"qat-{stage}";

    /// <summary>The events that can come right before the stage.</summary>
    public static IReadOnlyList<Type> EventsBefore(string stage) => stage switch
    {
        StageNames.Dataset => [typeof(PipelineRequested)],
        StageNames.TrainFloat => [typeof(DatasetPrepared)],
        StageNames.Calibrate => [typeof(DatasetPrepared), typeof(ModelTrained)],
        StageNames.Qat => [typeof(ModelCalibrated)],
        StageNames.Optimize => [typeof(ModelCalibrated), typeof(ModelTrained)],
        StageNames.Build => [typeof(GraphOptimized)],
        StageNames.Evaluate => [typeof(EngineBuilt)],
        StageNames.Report => [typeof(ModelEvaluated)],
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "Not a stage of the pipeline: see StageNames."),
    };

    /// <summary>All stages that listen on a queue.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        StageNames.Dataset, StageNames.TrainFloat, StageNames.Calibrate, StageNames.Qat,
        StageNames.Optimize, StageNames.Build, StageNames.Evaluate, StageNames.Report,
    ];

    /// <summary>The stage whose completion the event tells, or null for a request.</summary>
    public static string? CompletedStage(IPipelineEvent pipelineEvent) => pipelineEvent switch
    {
        DatasetPrepared => StageNames.Dataset,
        ModelCalibrated => StageNames.Calibrate,
        ModelTrained trained => trained.Stage,
        GraphOptimized => StageNames.Optimize,
        EngineBuilt => StageNames.Build,
        ModelEvaluated => StageNames.Evaluate,
        _ => null,
    };

    /// <summary>The stage that the event calls for.</summary>
    public static string NextStage(IPipelineEvent pipelineEvent) =>
        RunPlan.Next(pipelineEvent.Specification, CompletedStage(pipelineEvent)) ?? StageNames.Report;

    /// <summary>The event that tells the stage's completion.</summary>
    public static IPipelineEvent Completed(string stage, RunContext run, IReadOnlyList<ArtifactReference> artifacts) => stage switch
    {
        StageNames.Dataset => new DatasetPrepared(run.RunId, run.Specification, artifacts),
        StageNames.Calibrate => new ModelCalibrated(run.RunId, run.Specification, artifacts),
        StageNames.TrainFloat or StageNames.Qat => new ModelTrained(run.RunId, run.Specification, artifacts, stage),
        StageNames.Optimize => new GraphOptimized(run.RunId, run.Specification, artifacts),
        StageNames.Build => new EngineBuilt(run.RunId, run.Specification, artifacts),
        StageNames.Evaluate => new ModelEvaluated(run.RunId, run.Specification, artifacts),
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "This stage is followed by no other."),
    };
}
