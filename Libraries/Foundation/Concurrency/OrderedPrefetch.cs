using System.Runtime.CompilerServices;

namespace QatPipeline.Foundation.Concurrency;

/// <summary>Makes items ahead of their reader, a bounded number at a time, and hands them over in order.</summary>
public static class OrderedPrefetch
{
    /// <summary>The items made of the inputs, in their order.</summary>
    /// <param name="inputs">What items are made of.</param>
    /// <param name="make">Makes an item on a worker thread; null for none.</param>
    /// <param name="ahead">Items made ahead of the reader.</param>
    /// <param name="cancellationToken">Ends the stream; items made and not read are disposed.</param>
    public static async IAsyncEnumerable<T> ReadAsync<TInput, T>(
        IEnumerable<TInput> inputs,
        Func<TInput, CancellationToken, T?> make,
        int ahead,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = new Queue<Task<T?>>();
        try
        {
            foreach (var input in inputs)
            {
                pending.Enqueue(Task.Run(() => make(input, stop.Token), stop.Token));
                if (pending.Count > ahead && await pending.Dequeue().ConfigureAwait(false) is { } item)
                {
                    yield return item;
                }
            }

            while (pending.TryDequeue(out var last))
            {
                if (await last.ConfigureAwait(false) is { } item)
                {
                    yield return item;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var unread in pending)
            {
                await unread.ContinueWith(
                    task =>
                    {
                        if (task.IsCompletedSuccessfully)
                        {
                            task.Result?.Dispose();
                        }
                    },
                    TaskScheduler.Default).ConfigureAwait(false);
            }
        }
    }
}
