using QatPipeline.Messaging.Broker;
using QatPipeline.Messaging.Delivery;

namespace QatPipeline.Messaging.Tests.Broker;

/// <summary>Calls of the bus that never end, as the client library leaves them behind when a channel is disposed under them.</summary>
public sealed class PublicationTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Within_CallThatIsForgotten_EndsAsATransientFault()
    {
        var exception = await Assert.ThrowsAsync<TimeoutException>(
            () => Publication.WithinAsync(Moment, TimeProvider.System, ForgottenAsync, Token));

        Assert.True(exception.IsTransient());
    }

    [Fact]
    public async Task Within_CancelledByTheCaller_IsCancelled()
    {
        using var stopping = new CancellationTokenSource(Moment);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Publication.WithinAsync(TimeSpan.FromMinutes(1), TimeProvider.System, ForgottenAsync, stopping.Token));
    }

    [Fact]
    public async Task Within_FaultOfTheCall_IsPassedOn() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => Publication.WithinAsync(
            TimeSpan.FromMinutes(1), TimeProvider.System, _ => throw new InvalidOperationException("the call's own"), Token));

    // What RabbitMQ.Client does: the call waits for the channel's semaphore when the channel is disposed.
    private static Task ForgottenAsync(CancellationToken cancellationToken)
    {
        var semaphore = new SemaphoreSlim(0);
        var waiting = semaphore.WaitAsync(cancellationToken);
        semaphore.Dispose();
        return waiting;
    }
}
