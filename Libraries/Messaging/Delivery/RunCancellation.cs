using System.Collections.Concurrent;

namespace QatPipeline.Messaging.Delivery;

/// <summary>The deliveries under way in this process, by run, so that a run can be cancelled wherever it is.</summary>
internal sealed class RunCancellation
{
    private readonly ConcurrentDictionary<CancellationTokenSource, string> _active = new();

    /// <summary>Registers work for the run; the source is cancelled when the run is.</summary>
    public CancellationTokenSource Enter(string runId)
    {
        var source = new CancellationTokenSource();
        _active[source] = runId;
        return source;
    }

    /// <summary>Ends the registration.</summary>
    public void Leave(CancellationTokenSource source)
    {
        _active.TryRemove(source, out _);
        source.Dispose();
    }

    /// <summary>Cancels whatever this process does for the run.</summary>
    public async Task CancelAsync(string runId)
    {
        foreach (var source in _active.Where(entry => entry.Value == runId).Select(entry => entry.Key))
        {
            try
            {
                await source.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The work ended in this instant.
            }
        }
    }
}
