using System.Diagnostics;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// Spans of what a stage reports that it does (epochs, calibration passes, engine builds), as children of the stage's span. Each lasts from
/// the first report of an activity to the first report of the next one.
/// </summary>
internal sealed class StepSpans(Activity? stage, IProgress<StageProgress> next) : IProgress<StageProgress>, IDisposable
{
    private readonly Lock _gate = new();
    private Activity? _step;
    private string? _activity;

    public void Report(StageProgress value)
    {
        lock (_gate)
        {
            if (stage is not null && value.Activity != _activity)
            {
                _step?.Dispose();
                _step = Start(value.Activity, stage);
                _activity = value.Activity;
            }

            foreach (var (figure, number) in value.Figures ?? new Dictionary<string, double>())
            {
                _step?.SetTag($"qat.figure.{figure}", number);
            }
        }

        next.Report(value);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _step?.Dispose();
        }
    }

    // What the stage starts itself belongs to the stage: a step is not the current activity of the thread that happens to report it.
    private static Activity? Start(string name, Activity stage)
    {
        var current = Activity.Current;
        var started = PipelineTelemetry.Source.StartActivity(name, ActivityKind.Internal, stage.Context);
        Activity.Current = current;
        return started;
    }
}
