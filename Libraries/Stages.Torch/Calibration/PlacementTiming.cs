using System.Text.Json;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Targets;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>
/// Placement by measured time, for runs that ask for it. A choice is written down before it is used: after a kill, and wherever the stage's
/// outcome is reused, the same choice stands, although a second measurement might give another one.
/// </summary>
internal sealed class PlacementTiming
{
    private const string Checkpoint = "placement.json";

    private readonly IStageContext _context;

    /// <param name="context">Keeps the choice.</param>
    /// <param name="timer">Times the engines.</param>
    internal PlacementTiming(IStageContext context, IGraphTimer timer) => (_context, Timer) = (context, timer);

    /// <summary>Times networks with the threads that the run's engines have.</summary>
    public IGraphTimer Timer { get; }

    /// <summary>Null for runs whose placement follows estimates.</summary>
    public static PlacementTiming? Of(IStageContext context, RunSpecification specification)
    {
        if (CalibrationMachine.TimedOn(specification) is null)
        {
            return null;
        }

        var options = new OrtGraphTimerOptions { Rounds = 21, Duration = TimeSpan.FromMilliseconds(400), Turn = TimeSpan.FromMilliseconds(4) };
        return new PlacementTiming(context, new OrtGraphTimer(new OrtCpuOptions { Threads = specification.Build.Threads }, options));
    }

    /// <summary>The choice, measured where it is not written down yet; null where there is nothing to choose.</summary>
    /// <param name="model">The float network.</param>
    /// <param name="calibrated">The network with all quantizers on; not changed.</param>
    /// <param name="machine">Whose kernels the proposals follow.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="EngineException">The runtime refuses a network.</exception>
    public async Task<PlacementChoice?> ChooseAsync(
        Graph model, Graph calibrated, MachineProfile machine, CancellationToken cancellationToken)
    {
        if (await _context.Checkpoints.ReadAsync(Checkpoint, cancellationToken) is { } saved)
        {
            return JsonSerializer.Deserialize<PlacementChoice>(saved);
        }

        var fastest = TargetRegistry.Of(calibrated).Fastest(calibrated, machine)!;
        var activities = 0;
        var choice = await new MeasuredPlacement(
            Timer,
            TargetRegistry.Build(model, FloatForm.Name).Graph,
            calibrated,
            fastest,
            activity => _context.Progress.Report(new StageProgress(activity, activities++, 0)))
            .ChooseAsync(cancellationToken);
        await _context.Checkpoints.WriteAsync(Checkpoint, JsonSerializer.SerializeToUtf8Bytes(choice), cancellationToken);
        return choice;
    }
}
