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

    private RankLauncher(ProcessStartInfo start, Action<string> output)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => output(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => output(line.Data ?? "");
        try
        {
            _process.Start();
        }
        catch (Win32Exception error)
        {
            throw new RankException(
                $"{RankRequirements.Launcher}, which starts the processes of the training, cannot be started: {error.Message}. "
                + RankRequirements.Remedy, error);
        }

        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <param name="processes">How many, and where.</param>
    /// <param name="door">Where they find their stage.</param>
    /// <param name="logs">A folder where every rank's error output is kept.</param>
    /// <exception cref="RankException">It cannot be started.</exception>
    public static RankLauncher Start(TrainingProcesses processes, RankDoor door, string logs)
    {
        string[] hosts = processes.Hosts.Count == 0 ? []
            : ["-hosts", string.Join(',', processes.Hosts.Select(host => $"{host.Name}:{host.Processes}"))];
        var start = Mpiexec(
        [
            .. hosts,
            "-n", processes.Count.ToString(CultureInfo.InvariantCulture),
            "-errfile-pattern", Path.Combine(logs, "rank-%r.log"),
            .. OwnCommand(), .. RankProgram.ArgumentsFor(door.Address),
        ]);
        foreach (var (name, value) in MpiCollective.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in NcclCollective.Environment)
        {
            start.Environment.TryAdd(name, value);
        }

        // The same everywhere: other numbers of threads would round otherwise.
        var neighbours = processes.Hosts.Select(host => host.Processes).DefaultIfEmpty(processes.Count).Max();
        start.Environment.TryAdd(
            Threads, Math.Max(1, Environment.ProcessorCount / neighbours).ToString(CultureInfo.InvariantCulture));
        door.Key.PassOn(start.Environment);
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(logs, "mpiexec.log")) { AutoFlush = true });
        return new RankLauncher(start, line => log.WriteLine(line));
    }

    /// <summary>Runs this program on a host, where it says whether a rank could work there.</summary>
    /// <param name="host">Its name or address.</param>
    /// <param name="output">Gets what it and the launcher write.</param>
    /// <exception cref="RankException">It cannot be started.</exception>
    public static RankLauncher Probe(string host, Action<string> output) =>
        new(Mpiexec(["-hosts", $"{host}:1", "-n", "1", .. OwnCommand(), .. RankProgram.ProbeArguments]), output);

    /// <summary>How it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Waits until the launcher has ended.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Ends the launcher, and with it all ranks, where they have not ended by themselves.</summary>
    public void End()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private static ProcessStartInfo Mpiexec(string[] arguments)
    {
        var start = new ProcessStartInfo(RankRequirements.Launcher, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[CodeVersion.Variable] = CodeVersion.Own;
        return start;
    }

    // The runtime's own host, where a program was started by it, needs the program's name.
    private static string[] OwnCommand() => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, Assembly.GetEntryAssembly()!.Location]
        : [Environment.ProcessPath!];
}
