using Azure;
using Azure.Storage.Blobs.Specialized;

namespace QatPipeline.Runs.Artifacts;

/// <summary>
/// A held lease of an Azure blob, renewed in the background. An outage of the storage does not end it: an expired lease can be renewed
/// until someone else takes it, and only that is a loss.
/// </summary>
internal sealed class AzureBlobLease : IBlobLease
{
    /// <summary>The shortest the service allows: a killed holder blocks nobody for longer.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RenewalPeriod = TimeSpan.FromSeconds(5);

    private readonly BlobLeaseClient _lease;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _renewal;

    public AzureBlobLease(BlobLeaseClient lease, TimeProvider time)
    {
        _lease = lease;
        Lost = _lost.Token;
        _renewal = RenewAsync(time, _released.Token);
    }

    public CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _renewal;
        using var limit = new CancellationTokenSource(Duration);
        try
        {
            await _lease.ReleaseAsync(cancellationToken: limit.Token);
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException or OperationCanceledException)
        {
            // It expires by itself; whoever waits for it waits a few seconds longer.
        }

        _released.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RenewalPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (!await TryRenewAsync(cancellationToken))
                {
                    await _lost.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Released.
        }
    }

    private async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _lease.RenewAsync(cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException exception)
        {
            return exception.Status is not (404 or 409 or 412);
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            // The client gives up after several tries, or waits for an answer in vain; the next period tries again.
            return true;
        }
    }
}
