using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>Counts what this rank does, between its trainings and the stage.</summary>
/// <param name="ranks">All of them, with shares of equal size.</param>
/// <param name="stage">Where rank 0 reports to; null for the others.</param>
internal sealed class RankMeter(MeteredCollective ranks, StageLink? stage) : IProgress<TrainingProgress>
{
    private long _steps;
    private long _images;

    public void Report(TrainingProgress value)
    {
        _steps++;
        _images += value.Images / ranks.Size;
        stage?.Report(value);
    }

    /// <summary>Tells the stage what all ranks have done so far; all of them call it.</summary>
    public async Task ReportFiguresAsync()
    {
        var figures = RankFigures.Share(ranks, new RankFigures(_steps, _images, ranks.Elapsed.TotalSeconds, ranks.SummedBytes));
        await (stage?.ReportAsync(figures) ?? Task.CompletedTask);
    }
}
