using System.Runtime.InteropServices;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>MPICH on this machine, and test programs that it starts as ranks.</summary>
public static class Mpi
{
    /// <summary>Why tests that need MPICH are skipped.</summary>
    public const string SkipReason = "MPICH is not installed: apt-get install mpich";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Whether its launcher and its library are there.</summary>
    public static bool IsAvailable { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpiexec")))
        && NativeLibrary.TryLoad("libmpich.so.12", out _);

    /// <summary>
    /// Runs one explicit test of the calling test program in as many processes as there are ranks, one thread each, and waits until all
    /// have passed it.
    /// </summary>
    /// <param name="ranks">How many.</param>
    /// <param name="test">The test's method with its class and namespace.</param>
    /// <param name="environment">What the ranks find in their environment.</param>
    /// <param name="cancellationToken">Ends them.</param>
    public static async Task PassAsync(
        int ranks, string test, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var launcher = ChildProcess.Start(
            "mpiexec",
            ["-n", $"{ranks}", "-prepend-rank", Environment.ProcessPath!, "-method", test, "-explicit", "only", "-noLogo", "-noColor"],
            new Dictionary<string, string>(environment) { ["OMP_NUM_THREADS"] = "1" });
        var output = await launcher.WaitForOutputAsync(limit.Token);
        if (launcher.ExitCode != 0 || !output.Contains("Failed: 0", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The ranks of {test} ended with {launcher.ExitCode}:\n{output}");
        }
    }
}
