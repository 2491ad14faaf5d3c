using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.ServiceDefaults.Messaging;
using QatPipeline.ServiceDefaults.Runs;

namespace QatPipeline.ServiceDefaults.Embedded;

/// <summary>Listens to one run until it ends.</summary>
internal sealed class EmbeddedWatcher(string runId, string? lastStage, IProgress<RunProgress>? progress) :
    IConsumer<StageProgressed>,
    IConsumer<DatasetPrepared>,
    IConsumer<ModelCalibrated>,
    IConsumer<ModelTrained>,
    IConsumer<GraphOptimized>,
    IConsumer<EngineBuilt>,
    IConsumer<ModelEvaluated>,
    IConsumer<StageFailed>,
    IConsumer<PipelineCompleted>
{
    private readonly TaskCompletionSource<object> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The <see cref="PipelineCompleted"/> or <see cref="StageFailed"/> of the run, or the event of its last stage.</summary>
    public Task<object> End => end.Task;

    public Task Consume(ConsumeContext<StageProgressed> context)
    {
        var message = context.Message;
        Report(message.Stage, StageState.Running, message.Activity, message.Done, message.Total, message.Figures);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<DatasetPrepared> context) => StageDone(context.Message);

    public Task Consume(ConsumeContext<ModelCalibrated> context) => StageDone(context.Message);

    public Task Consume(ConsumeContext<ModelTrained> context) => StageDone(context.Message);

    public Task Consume(ConsumeContext<GraphOptimized> context) => StageDone(context.Message);

    public Task Consume(ConsumeContext<EngineBuilt> context) => StageDone(context.Message);

    public Task Consume(ConsumeContext<ModelEvaluated> context) => StageDone(context.Message);

    public Task Consume(ConsumeContext<StageFailed> context)
    {
        Report(context.Message.Stage, StageState.Failed, context.Message.Message, 0, 0, null);
        end.TrySetResult(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<PipelineCompleted> context)
    {
        end.TrySetResult(context.Message);
        return Task.CompletedTask;
    }

    private Task StageDone(IPipelineEvent happened)
    {
        var stage = StageRoutes.CompletedStage(happened)!;
        Report(stage, StageState.Completed, "", 0, 0, null);
        if (stage == lastStage)
        {
            end.TrySetResult(happened);
        }

        return Task.CompletedTask;
    }

    private void Report(
        string stage, StageState state, string activity, long done, long total, IReadOnlyDictionary<string, double>? figures) =>
        progress?.Report(new RunProgress(
            runId, stage, state, activity, done, total, figures ?? new Dictionary<string, double>()));
}
