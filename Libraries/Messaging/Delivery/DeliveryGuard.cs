using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Broker;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Delivery;

/// <summary>
/// The boundary between messages and stages: cancellation, shutdown, and the one place where an exception becomes a
/// <see cref="StageFailed"/> with its remedy.
/// </summary>
internal sealed partial class DeliveryGuard(
    EventAdmission admission,
    IBlobStore blobs,
    RunCancellation cancellation,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DeliveryGuard> logger)
{
    /// <summary>
    /// Does the work unless the event is refused or the run is cancelled. Transient faults are left to the endpoint's retries, deliveries
    /// whose outcome the broker does not take go back to their queue; all other faults end the run, and the message goes to the error queue.
    /// </summary>
    public async Task ExecuteAsync<TEvent>(ConsumeContext<TEvent> context, string stage, Func<CancellationToken, Task> work)
        where TEvent : class, IPipelineEvent
    {
        // A serializer leaves null what a message does not have.
        var runId = context.Message.RunId ?? "";
        var cancelled = cancellation.Enter(runId);

        // Not the delivery's own token: work goes on when the broker is lost or takes the message back, and the repeated delivery joins it.
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancelled.Token, lifetime.ApplicationStopping);
        try
        {
            // A request is answered even so.
            if (context.Message is not PipelineRequested
                && RunId.IsValid(runId)
                && await blobs.ExistsAsync(StorePaths.Cancelled(runId), linked.Token))
            {
                LogCancelled(stage, runId);
                return;
            }

            await admission.AdmitAsync(context.Message, linked.Token);
            await work(linked.Token);
        }
        catch (Exception exception) when (IsCancellation(exception) && cancelled.IsCancellationRequested)
        {
            LogCancelled(stage, runId);
        }
        catch (Exception exception) when (IsCancellation(exception) && linked.IsCancellationRequested)
        {
            throw new DeliveryInterruptedException($"The process stops while stage '{stage}' of run '{runId}' is at work.");
        }
        catch (Exception exception) when (IsCancellation(exception))
        {
            // Nobody here cancelled: a call's other end is gone or late. As a cancellation, or around one, it would not be retried.
            var broken = new TimeoutException($"A call of stage '{stage}' of run '{runId}' was broken off: {exception.Message}");
            await ReportAsync(context, runId, stage, broken);
            throw broken;
        }
        catch (DeliveryInterruptedException exception)
        {
            LogHandedBack(exception, stage, runId);
            throw;
        }
        catch (Exception exception)
        {
            await ReportAsync(context, runId, stage, exception);
            throw;
        }
        finally
        {
            cancellation.Leave(cancelled);
        }
    }

    // What MassTransit takes for one.
    private static bool IsCancellation(Exception exception) => exception.GetBaseException() is OperationCanceledException;

    private async Task ReportAsync(ConsumeContext context, string runId, string stage, Exception exception)
    {
        if (exception.IsTransient() && context.GetRetryAttempt() < DeliveryPolicy.Retries)
        {
            LogTransient(exception, stage, runId);
            return;
        }

        // What is refused says nothing about the run whose name it uses.
        var refused = exception as EventRefusedException;
        var fault = StageFault.Of(refused?.InnerException ?? exception);
        LogFailed(exception, stage, runId);
        Activity.Current?.SetStatus(ActivityStatusCode.Error, fault.Message);
        await context.PublishOnceAsync(
            new StageFailed(runId, refused is null ? stage : "", fault.Message, fault.Remedy, fault.Type, time.GetUtcNow()),
            CancellationToken.None, runId, stage, context.MessageId.ToString() ?? "");
    }

    [LoggerMessage(LogLevel.Information, "Stage {Stage} of run {RunId}: the run is cancelled")]
    private partial void LogCancelled(string stage, string runId);

    [LoggerMessage(
        LogLevel.Warning, "Stage {Stage} of run {RunId}: the broker does not take what follows, so the delivery goes back to its queue")]
    private partial void LogHandedBack(Exception exception, string stage, string runId);

    [LoggerMessage(LogLevel.Warning, "Stage {Stage} of run {RunId}: a transient fault, to be retried")]
    private partial void LogTransient(Exception exception, string stage, string runId);

    [LoggerMessage(LogLevel.Error, "Stage {Stage} of run {RunId} failed")]
    private partial void LogFailed(Exception exception, string stage, string runId);
}
