using System.Collections.Concurrent;

namespace QatPipeline.Torch.Native;

/// <summary>The one thread that computes with tensors, whichever thread asks; work waits for the work before it.</summary>
/// <remarks>
/// OpenMP gives every thread that calls it a team of its own, and lets waiting members of a team spin for a while only as long as all teams
/// together have no more threads than there are processors; beyond that they sleep at once, and waking them costs more than most operators
/// take. Continuations of awaits change threads and would gather such teams: training steps of YOLOv6-Lite-S on two processors took twice
/// as long.
/// </remarks>
public static class TorchThread
{
    private static readonly BlockingCollection<Action> Queue = [];

    private static readonly Thread Worker = Start();

    /// <summary>Runs work there and returns its result; at once where the caller is on that thread.</summary>
    public static T Run<T>(Func<T> work)
    {
        if (Thread.CurrentThread == Worker)
        {
            return work();
        }

        var task = new Task<T>(work);
        Queue.Add(task.RunSynchronously);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs asynchronous work there, what follows its awaits included; only <c>ConfigureAwait(false)</c> leads away.</summary>
    public static Task RunAsync(Func<Task> work)
    {
        var task = new Task<Task>(work);
        Queue.Add(task.RunSynchronously);
        return task.Unwrap();
    }

    private static Thread Start()
    {
        var thread = new Thread(Work) { Name = "torch", IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void Work()
    {
        SynchronizationContext.SetSynchronizationContext(new Context());
        foreach (var work in Queue.GetConsumingEnumerable())
        {
            work();
        }
    }

    private sealed class Context : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => Queue.Add(() => d(state));

        public override void Send(SendOrPostCallback d, object? state) => Run<object?>(() =>
        {
            d(state);
            return null;
        });

        public override SynchronizationContext CreateCopy() => this;
    }
}
