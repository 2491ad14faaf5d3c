using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>
/// <c>mpiexec</c> with this program as every rank. All of them end with it, whichever way it is disposed of.
/// </summary>
internal sealed class RankLauncher : IDisposable
{
    private const string Threads = "OMP_NUM_THREADS";

    private readonly Process _process;

    private RankLauncher(Process process) => _process = process;

    /// <param name="ranks">How many.</param>
    /// <param name="folder">Of the <see cref="RankJob"/>.</param>
    /// <param name="logs">A folder where every rank's error output is kept.</param>
    /// <exception cref="RankException">It cannot be started.</exception>
    public static RankLauncher Start(int ranks, string folder, string logs)
    {
        var start = new ProcessStartInfo(RankRequirements.Launcher,
        [
            "-n", ranks.ToString(CultureInfo.InvariantCulture),
            "-errfile-pattern", Path.Combine(logs, "rank-%r.log"),
            .. OwnCommand(), .. RankProgram.ArgumentsFor(folder),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in MpiCollective.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in NcclCollective.Environment)
        {
            start.Environment.TryAdd(name, value);
        }

        start.Environment[CodeVersion.Variable] = CodeVersion.Own;
        start.Environment[Threads] = Environment.GetEnvironmentVariable(Threads)
            ?? Math.Max(1, Environment.ProcessorCount / ranks).ToString(CultureInfo.InvariantCulture);
        var process = new Process { StartInfo = start };
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(logs, "mpiexec.log")) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new RankException(
                $"mpiexec, which starts the {ranks} processes of the training, cannot be started: {error.Message}. "
                + RankRequirements.Remedy, error);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new RankLauncher(process);
    }

    /// <summary>Waits until the launcher has ended.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    // The runtime's own host, where a program was started by it, needs the program's name.
    private static string[] OwnCommand() => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, Assembly.GetEntryAssembly()!.Location]
        : [Environment.ProcessPath!];
}
