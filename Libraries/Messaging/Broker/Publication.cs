namespace QatPipeline.Messaging.Broker;

/// <summary>Bounds how long a message may take to the broker.</summary>
/// <remarks>
/// A call that waits for its turn on a channel at the moment when the connection is lost may be forgotten: RabbitMQ.Client disposes the
/// semaphore it waits for, and from then on neither an answer nor a cancellation reaches it. The next call gets a new channel.
/// </remarks>
internal static class Publication
{
    /// <summary>How long a delivery waits for the broker to take what follows from it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Publishes, or gives up.</summary>
    /// <exception cref="TimeoutException">The broker did not take the message in time.</exception>
    public static async Task WithinAsync(
        TimeSpan patience, TimeProvider time, Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await publish(linked.Token).WaitAsync(linked.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The message broker does not take the message.", exception);
        }
    }

    /// <summary>
    /// Publishes what follows from a delivery, or hands the delivery back: it comes again when the broker can be talked to.
    /// </summary>
    /// <exception cref="DeliveryInterruptedException">The broker did not take the message in time.</exception>
    public static async Task OrHandBackAsync(Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        try
        {
            await WithinAsync(Patience, TimeProvider.System, publish, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new DeliveryInterruptedException($"{exception.Message} The delivery goes back to its queue.");
        }
    }
}
