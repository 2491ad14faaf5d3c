using System.Runtime.ExceptionServices;

namespace QatPipeline.Foundation.Concurrency;

/// <summary>A parallel loop whose first failure comes out as itself.</summary>
public static class ParallelWork
{
    /// <summary>Runs a body for every number below the count.</summary>
    /// <param name="count">Runs 0 … count − 1.</param>
    /// <param name="workers">At a time; 0 for one per processor.</param>
    /// <param name="body">One run.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public static void For(int count, int workers, Action<int> body, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = workers > 0 ? workers : Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        try
        {
            Parallel.For(0, count, options, body);
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.Flatten().InnerExceptions[0]);
        }
    }
}
