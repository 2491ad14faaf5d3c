using MassTransit;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Broker;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Submission;

/// <summary>Asks the pipeline for runs and for their cancellation, on behalf of callers who want an answer soon.</summary>
public sealed class RunRequests(IBus bus, TimeProvider time)
{
    // A publication waits until the broker is back; a caller should not.
    private static readonly TimeSpan LongestPublication = TimeSpan.FromSeconds(15);

    /// <summary>Asks for a run, as the root or as a part of its trace.</summary>
    /// <exception cref="StageInputException">The run id is invalid.</exception>
    /// <exception cref="TimeoutException">The broker does not take the request.</exception>
    public Task SubmitAsync(PipelineRequested request, CancellationToken cancellationToken) =>
        Publication.WithinAsync(LongestPublication, time, token => bus.SubmitAsync(request, token), cancellationToken);

    /// <summary>Tells every process that the run is cancelled.</summary>
    /// <exception cref="TimeoutException">The broker does not take the request.</exception>
    public Task CancelAsync(PipelineCancelled cancelled, CancellationToken cancellationToken) =>
        Publication.WithinAsync(LongestPublication, time, token => bus.Publish(cancelled, token), cancellationToken);
}
