using System.Diagnostics;
using System.Text.Json;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Benchmarks.Ranks;

/// <summary>The processes of one way, with one thread each, which train when it is their turn.</summary>
internal sealed class Trainees : IDisposable
{
    private readonly Process _launcher;
    private readonly string _turns;
    private int _turn;

    public Trainees(Way way, string specification, string outputs, string turns, int steps)
    {
        (Way, _turns) = (way, turns);
        var processes = way == Way.Alone ? 1 : 2;
        var start = new ProcessStartInfo(
            "mpiexec", ["-n", $"{processes}", Environment.ProcessPath!, Worker.Argument, $"{way}", specification, outputs, turns, $"{steps}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["OMP_NUM_THREADS"] = "1" },
        };
        foreach (var (name, value) in MpiCollective.Environment)
        {
            start.Environment[name] = value;
        }

        _launcher = Process.Start(start)!;
    }

    public Way Way { get; }

    /// <summary>Lets them train for a turn.</summary>
    /// <exception cref="InvalidOperationException">They ended instead.</exception>
    public async Task<StepFigures> TrainAsync()
    {
        Turns.Give(_turns, Way, _turn++);
        return await _launcher.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<StepFigures>(line)!
            : throw new InvalidOperationException($"The processes of {Way} ended before their turn did.");
    }

    public void Dispose()
    {
        Turns.Give(_turns, Way, Turns.End);
        _launcher.WaitForExit();
        _launcher.Dispose();
    }
}
