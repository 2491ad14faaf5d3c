namespace QatPipeline.Runs.Execution;

/// <summary>Passes progress on and keeps its figures as metrics.</summary>
internal sealed class FigureRecorder(string stage, IProgress<StageProgress>? next) : IProgress<StageProgress>
{
    public void Report(StageProgress value)
    {
        foreach (var (figure, number) in value.Figures ?? new Dictionary<string, double>())
        {
            PipelineTelemetry.RecordFigure(stage, figure, number);
        }

        next?.Report(value);
    }
}
