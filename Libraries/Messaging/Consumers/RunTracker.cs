using MassTransit;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Consumers;

/// <summary>Keeps the runs' status up with the events.</summary>
internal sealed class RunTracker(EventAdmission admission, RunStatusStore runs, RunFolder folder, StageTable stages) :
    IEventHandler,
    IConsumer<StageFailed>,
    IConsumer<PipelineCancelled>,
    IConsumer<PipelineCompleted>
{
    public const string Queue = "qat-runs";

    /// <summary>What is tracked besides the events that move a run on.</summary>
    public static IReadOnlyList<Type> Ends { get; } = [typeof(StageFailed), typeof(PipelineCancelled), typeof(PipelineCompleted)];

    // Who refuses it says so; here it only leaves no trace.
    public async Task HandleAsync<TEvent>(ConsumeContext<TEvent> context)
        where TEvent : class, IPipelineEvent
    {
        try
        {
            await admission.AdmitAsync(context.Message, context.CancellationToken);
        }
        catch (EventRefusedException)
        {
            return;
        }

        await runs.ApplyAsync(context.Message, context.CancellationToken);
    }

    // A failure without a run, such as that of a refused request, is for those who listen to the event.
    public async Task Consume(ConsumeContext<StageFailed> context)
    {
        if (await SpecificationOf(context.Message.RunId, context.CancellationToken) is { } specification
            && stages.StagesOf(specification).Contains(context.Message.Stage))
        {
            await runs.ApplyAsync(context.Message, context.CancellationToken);
        }
    }

    public async Task Consume(ConsumeContext<PipelineCancelled> context)
    {
        if (await SpecificationOf(context.Message.RunId, context.CancellationToken) is not null)
        {
            await runs.CancelAsync(context.Message, context.CancellationToken);
        }
    }

    // What counts is what the report stage kept before it told.
    public async Task Consume(ConsumeContext<PipelineCompleted> context)
    {
        if (RunId.IsValid(context.Message.RunId)
            && await folder.ReadCompletionAsync(context.Message.RunId, context.CancellationToken) is { } completion)
        {
            await runs.ApplyAsync(completion.Event, context.CancellationToken);
        }
    }

    private async Task<RunSpecification?> SpecificationOf(string? runId, CancellationToken cancellationToken) =>
        RunId.IsValid(runId) ? await folder.ReadSpecificationAsync(runId, cancellationToken) : null;
}
