using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;

namespace QatPipeline.ServiceDefaults.Runs;

/// <summary>Keeps the runs' status up with the events.</summary>
internal sealed class RunTrackingConsumer(RunStatusStore runs) :
    IConsumer<PipelineRequested>,
    IConsumer<DatasetPrepared>,
    IConsumer<ModelCalibrated>,
    IConsumer<ModelTrained>,
    IConsumer<GraphOptimized>,
    IConsumer<EngineBuilt>,
    IConsumer<ModelEvaluated>,
    IConsumer<StageFailed>,
    IConsumer<PipelineCancelled>,
    IConsumer<PipelineCompleted>
{
    public const string Queue = "qat-runs";

    public Task Consume(ConsumeContext<PipelineRequested> context) => ApplyAsync(context);

    public Task Consume(ConsumeContext<DatasetPrepared> context) => ApplyAsync(context);

    public Task Consume(ConsumeContext<ModelCalibrated> context) => ApplyAsync(context);

    public Task Consume(ConsumeContext<ModelTrained> context) => ApplyAsync(context);

    public Task Consume(ConsumeContext<GraphOptimized> context) => ApplyAsync(context);

    public Task Consume(ConsumeContext<EngineBuilt> context) => ApplyAsync(context);

    public Task Consume(ConsumeContext<ModelEvaluated> context) => ApplyAsync(context);

    // A failure without a run, such as that of a malformed trigger, is for those who listen to the event.
    public Task Consume(ConsumeContext<StageFailed> context) =>
        RunId.IsValid(context.Message.RunId) ? runs.ApplyAsync(context.Message, context.CancellationToken) : Task.CompletedTask;

    public Task Consume(ConsumeContext<PipelineCancelled> context) =>
        RunId.IsValid(context.Message.RunId) ? runs.CancelAsync(context.Message, context.CancellationToken) : Task.CompletedTask;

    public Task Consume(ConsumeContext<PipelineCompleted> context) => runs.ApplyAsync(context.Message, context.CancellationToken);

    private Task ApplyAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent =>
        RunId.IsValid(context.Message.RunId) && context.Message.Specification is not null
            ? runs.ApplyAsync(context.Message, context.CancellationToken)
            : Task.CompletedTask;
}
