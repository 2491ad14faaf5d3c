using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Submission;

/// <summary>Asks for runs.</summary>
internal static class SubmitExtensions
{
    /// <summary>Publishes the request as the root, or as a part, of the run's trace.</summary>
    /// <exception cref="StageInputException">The run id is invalid.</exception>
    public static async Task SubmitAsync(this IPublishEndpoint bus, PipelineRequested request, CancellationToken cancellationToken)
    {
        EventAdmission.CheckRunId(request.RunId);
        using var activity = PipelineTelemetry.StartRun(request.RunId, request.Specification.Name);
        await bus.Publish(
            request, publish => publish.MessageId = DeterministicGuid.Of(nameof(PipelineRequested), request.RunId), cancellationToken);
    }
}
