using System.Runtime.CompilerServices;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Tracking;

/// <summary>Tells when the list of runs changes. Runs that ended are not looked at again.</summary>
public sealed class RunListChanges(IBlobStore blobs, RunStatusStore runs, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Yields the number of unfinished runs now and after every change of any run, until cancelled.</summary>
    /// <param name="surroundings">What else is shown with the list, as a text that changes with it.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<int> WatchAsync(
        Func<string> surroundings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        string? last = null;
        while (true)
        {
            var active = new List<string>();
            await foreach (var runId in blobs.ListFoldersAsync(StorePaths.Runs, cancellationToken))
            {
                if (ended.Contains(runId)
                    || !RunId.IsValid(runId)
                    || await runs.ReadVersionAsync(runId, cancellationToken) is not { } version)
                {
                    continue;
                }

                if (version.Value.IsFinal)
                {
                    ended.Add(runId);
                }
                else
                {
                    active.Add($"{runId} {version.EntityTag}");
                }
            }

            var now = $"{ended.Count} {string.Join(',', active)} {surroundings()}";
            if (now != last)
            {
                last = now;
                yield return active.Count;
            }

            await Task.Delay(Period, time, cancellationToken);
        }
    }
}
