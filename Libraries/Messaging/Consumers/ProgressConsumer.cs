using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Consumers;

/// <summary>Keeps the latest progress of every run.</summary>
internal sealed class ProgressConsumer(RunStatusStore runs) : IConsumer<StageProgressed>
{
    public const string Queue = "qat-progress";

    public Task Consume(ConsumeContext<StageProgressed> context) => runs.ApplyAsync(context.Message, context.CancellationToken);
}
