using System.Diagnostics;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>The processes of a training by several ranks.</summary>
public static class RankProcesses
{
    /// <summary>The launcher, and the argument by which a process knows that it is a rank.</summary>
    private const string Launcher = "mpiexec", Rank = "--rank-of";

    /// <summary>Those that a run or a service has started: the launcher, then the ranks.</summary>
    /// <param name="owner">Its id.</param>
    public static IReadOnlyList<int> Of(int owner) =>
        [.. ChildrenOf(owner, Launcher).SelectMany(launcher =>
            RunningProcesses.ChildrenOf(launcher).SelectMany(proxy => ChildrenOf(proxy, Rank)).Order().Prepend(launcher))];

    /// <summary>Ends a process as the system's out-of-memory killer would.</summary>
    public static void Kill(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            found.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    private static IEnumerable<int> ChildrenOf(int process, string command) => RunningProcesses.ChildrenOf(process)
        .Where(child => RunningProcesses.CommandOf(child).Contains(command, StringComparison.Ordinal));
}
