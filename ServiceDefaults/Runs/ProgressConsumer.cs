using MassTransit;
using QatPipeline.Contracts.V1;

namespace QatPipeline.ServiceDefaults.Runs;

/// <summary>Keeps the latest progress of every run.</summary>
internal sealed class ProgressConsumer(RunStatusStore runs) : IConsumer<StageProgressed>
{
    public const string Queue = "qat-progress";

    public Task Consume(ConsumeContext<StageProgressed> context) => runs.ApplyAsync(context.Message, context.CancellationToken);
}
