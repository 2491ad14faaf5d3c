using System.Diagnostics;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Cli.Tests;

/// <summary>A run of sixty training steps of a very small network on generated pictures, by two processes.</summary>
internal sealed class RankedJob : IDisposable
{
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

    private string Specification => _folder.PathOf("run.yaml");

    /// <summary>The files that a run left, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> FilesOf(string output) =>
        Directory.GetFiles(_folder.PathOf(output)).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes);

    public Process Start(string output) => QatProcess.Start("qat", Specification, "--out", _folder.PathOf(output));

    /// <summary>A float training by two processes, with a hyper-search before it, of the same network on the same pictures.</summary>
    public Process StartTraining(string output)
    {
        var specification = _folder.PathOf("train.yaml");
        File.WriteAllText(
            specification, File.ReadAllText(Specification) + "\ntrain: { epochs: 3, hyperSearchEpochs: 3, batch: 10, nominalBatch: 20 }\n");
        return QatProcess.Start("train", specification, "--processes", "2", "--out", _folder.PathOf(output));
    }

    public Task<(int ExitCode, string Output, string Error)> RunAsync(string output) =>
        QatProcess.RunAsync("qat", Specification, "--out", _folder.PathOf(output));

    /// <summary>A run with an environment of its own.</summary>
    public Task<(int ExitCode, string Output, string Error)> RunWithAsync(string variable, string output) =>
        QatProcess.RunProgramAsync("/usr/bin/env", variable, QatProcess.Built, "qat", Specification, "--out", _folder.PathOf(output));

    /// <summary>A run on hosts, started by way of another program.</summary>
    /// <param name="hosts">Those of <c>--hosts</c>.</param>
    /// <param name="output">Folder of what it leaves.</param>
    /// <param name="way">The program, and its arguments in front of the run's command.</param>
    public Task<(int ExitCode, string Output, string Error)> RunOnAsync(string hosts, string output, params string[] way) =>
        QatProcess.RunProgramAsync(
            way[0], [.. way[1..], QatProcess.Built, "qat", Specification, "--out", _folder.PathOf(output), "--hosts", hosts]);

    /// <summary>Waits until all of them have ended.</summary>
    public static async Task AssertGoneAsync(IEnumerable<int> processes)
    {
        var waited = Stopwatch.StartNew();
        while (processes.Where(process => RunningProcesses.CommandOf(process).Length > 0).ToArray() is { Length: > 0 } alive)
        {
            Assert.True(waited.Elapsed < EndLimit, $"still there: {string.Join(", ", alive.Select(RunningProcesses.CommandOf))}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _folder.Dispose();
}
