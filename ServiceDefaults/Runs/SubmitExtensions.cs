using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Pipeline.Execution;

namespace QatPipeline.ServiceDefaults.Runs;

/// <summary>Asks for runs.</summary>
public static class SubmitExtensions
{
    /// <summary>Publishes the request as the root, or as a part, of the run's trace.</summary>
    /// <exception cref="StageInputException">The run id is not usable.</exception>
    public static async Task SubmitAsync(this IPublishEndpoint bus, PipelineRequested request, CancellationToken cancellationToken)
    {
        if (!RunId.IsValid(request.RunId))
        {
            throw new StageInputException(
                $"'{request.RunId}' is not a usable run id: use up to 64 letters, digits and . _ - +, not starting with a dot.");
        }

        using var activity = PipelineTelemetry.StartRun(request.RunId, request.Specification.Name);
        await bus.Publish(
            request, publish => publish.MessageId = DeterministicGuid.Of(nameof(PipelineRequested), request.RunId), cancellationToken);
    }
}
