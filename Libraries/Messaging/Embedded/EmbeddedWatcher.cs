using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Consumers;
using QatPipeline.Runs;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Embedded;

/// <summary>Listens to one run until it ends.</summary>
internal sealed class EmbeddedWatcher(StageTable stages, string? lastStage, IProgress<StageStatus>? progress) :
    IEventHandler,
    IConsumer<StageProgressed>,
    IConsumer<StageFailed>,
    IConsumer<PipelineCompleted>
{
    private readonly TaskCompletionSource<object> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The <see cref="PipelineCompleted"/> or <see cref="StageFailed"/> of the run, or the event of its last stage.</summary>
    public Task<object> End => _end.Task;

    public Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent
    {
        if (stages.Completed(context.Message) is { } stage)
        {
            Report(stage.Name, StageState.Completed);
            if (stage.Name == lastStage)
            {
                _end.TrySetResult(context.Message);
            }
        }

        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<StageProgressed> context)
    {
        var message = context.Message;
        progress?.Report(
            new StageStatus(message.Stage, StageState.Running, message.Activity, message.Done, message.Total, message.Figures));
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<StageFailed> context)
    {
        Report(context.Message.Stage, StageState.Failed, context.Message.Message);
        _end.TrySetResult(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<PipelineCompleted> context)
    {
        Report(stages.Rows[^1].Name, StageState.Completed);
        _end.TrySetResult(context.Message);
        return Task.CompletedTask;
    }

    private void Report(string stage, StageState state, string activity = "") =>
        progress?.Report(new StageStatus(stage, state, activity, 0, 0, new Dictionary<string, double>()));
}
