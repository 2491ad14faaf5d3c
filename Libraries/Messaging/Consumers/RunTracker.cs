using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Consumers;

/// <summary>Keeps the runs' status up with the events.</summary>
internal sealed class RunTracker(RunStatusStore runs) :
    IEventHandler,
    IConsumer<StageFailed>,
    IConsumer<PipelineCancelled>,
    IConsumer<PipelineCompleted>
{
    public const string Queue = "qat-runs";

    /// <summary>What is tracked besides the events that move a run on.</summary>
    public static IReadOnlyList<Type> Ends { get; } = [typeof(StageFailed), typeof(PipelineCancelled), typeof(PipelineCompleted)];

    public Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent =>
        RunId.IsValid(context.Message.RunId) && context.Message.Specification is not null
            ? runs.ApplyAsync(context.Message, context.CancellationToken)
            : Task.CompletedTask;

    // A failure without a run, such as that of a malformed trigger, is for those who listen to the event.
    public Task Consume(ConsumeContext<StageFailed> context) =>
        RunId.IsValid(context.Message.RunId) ? runs.ApplyAsync(context.Message, context.CancellationToken) : Task.CompletedTask;

    public Task Consume(ConsumeContext<PipelineCancelled> context) =>
        RunId.IsValid(context.Message.RunId) ? runs.CancelAsync(context.Message, context.CancellationToken) : Task.CompletedTask;

    public Task Consume(ConsumeContext<PipelineCompleted> context) => runs.ApplyAsync(context.Message, context.CancellationToken);
}
