using System.Diagnostics;
using System.Globalization;

namespace QatPipeline.Cli.Tests;

/// <summary>A run of sixty training steps of a very small network on generated pictures, by two processes.</summary>
internal sealed class RankedJob : IDisposable
{
    /// <summary>The launcher, and the argument by which a process knows that it is a rank.</summary>
    private const string Launcher = "mpiexec", Rank = "--rank-of";

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly ScratchFolder _folder = new();

    /// <param name="images">Training images.</param>
    public RankedJob(int images = 48) => File.WriteAllText(Specification, $$"""
        name: ranked
        seed: 3
        model: { yolov6: { variant: n, width: 0.0625, depth: 0.05 }, inputSize: 64 }
        calibration: { images: 4, batch: 2, methods: [max], method: max, biasCorrection: false }
        partial: { enabled: false, analysisImages: 1 }
        qat: { epochs: 5, batch: 4, processes: 2 }
        data:
          calibration: [ { synthetic: { images: 4, seed: 1, size: 64 } } ]
          training: [ { synthetic: { images: {{images}}, seed: 1, size: 64 } } ]
          validation: [ { synthetic: { images: 4, seed: 2, size: 64 } } ]
        """);

    public string Specification => _folder.PathOf("run.yaml");

    /// <summary>The files that a run left, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> FilesOf(string output) =>
        Directory.GetFiles(_folder.PathOf(output)).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes);

    /// <summary>Where a run keeps its results.</summary>
    public string PathOf(string output) => _folder.PathOf(output);

    public Process Start(string output) => QatProcess.Start("qat", Specification, "--out", PathOf(output));

    public Task<(int ExitCode, string Output, string Error)> RunAsync(string output, params string[] options) =>
        QatProcess.RunAsync(["qat", Specification, "--out", PathOf(output), .. options]);

    /// <summary>A run with an environment of its own.</summary>
    public Task<(int ExitCode, string Output, string Error)> RunWithAsync(string variable, string output) =>
        QatProcess.RunProgramAsync("/usr/bin/env", variable, QatProcess.Built, "qat", Specification, "--out", PathOf(output));

    /// <summary>The processes that the run of that id has started: the launcher, then the ranks.</summary>
    public static IReadOnlyList<int> ProcessesOf(int run) =>
        [.. ChildrenOf(run).Where(child => CommandOf(child).Contains(Launcher, StringComparison.Ordinal)).SelectMany(launcher =>
            ChildrenOf(launcher).SelectMany(ChildrenOf)
                .Where(rank => CommandOf(rank).Contains(Rank, StringComparison.Ordinal)).Order().Prepend(launcher))];

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

    /// <summary>Waits until all of them have ended.</summary>
    public static async Task AssertGoneAsync(IEnumerable<int> processes)
    {
        var waited = Stopwatch.StartNew();
        while (processes.Where(process => CommandOf(process).Length > 0).ToArray() is { Length: > 0 } alive)
        {
            Assert.True(waited.Elapsed < EndLimit, $"still there: {string.Join(", ", alive.Select(CommandOf))}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<int> ChildrenOf(int process) => Directory.GetDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && ParentOf(id) == process);

    // pid (name) state parent …; the name may hold anything.
    private static int ParentOf(int process) => Read($"/proc/{process}/stat") is { Length: > 0 } line
        ? int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Its command line; empty when it has ended.</summary>
    private static string CommandOf(int process) => Read($"/proc/{process}/cmdline").Replace('\0', ' ');

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
