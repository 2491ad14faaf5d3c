using System.Text.RegularExpressions;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd.Chaos;

/// <summary>Reads from a service's log when it begins with a stage.</summary>
internal static partial class StageLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Waits until the service, since its last start, executes the stage of a run with that name or beginning of a name; gives the
    /// stage's key.
    /// </summary>
    public static async Task<string> ExecutesAsync(
        this AspireSystem system, string service, string stage, string runs, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            if (Executions(system.RecentLogOf(service)).LastOrDefault(
                entry => entry.Stage == stage && entry.RunId.StartsWith(runs, StringComparison.Ordinal)) is { } found)
            {
                return found.Key;
            }

            await Task.Delay(Poll, limit.Token);
        }
    }

    /// <summary>What a log says about executions, in their order.</summary>
    public static IEnumerable<Execution> Executions(string log) => Line().Matches(log).Select(
        match => new Execution(match.Groups["stage"].Value, match.Groups["run"].Value, match.Groups["key"].Value));

    [GeneratedRegex(@"Stage (?<stage>\S+) of run (?<run>\S+) executes, key (?<key>[0-9a-f]{64})")]
    private static partial Regex Line();

    internal sealed record Execution(string Stage, string RunId, string Key);
}
