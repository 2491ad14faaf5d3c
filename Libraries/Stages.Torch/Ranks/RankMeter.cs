using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>Counts what this rank does, between its training and those that it reads from and reports to.</summary>
/// <param name="ranks">All of them.</param>
/// <param name="batches">This rank's share of the batches, each of the same size.</param>
/// <param name="stage">Where rank 0 reports to; null for the others.</param>
internal sealed class RankMeter(MeteredCollective ranks, ITrainingBatches batches, StageLink? stage)
    : ITrainingBatches, IProgress<TrainingProgress>
{
    private long _steps;
    private int _share;

    public int StepsPerEpoch => batches.StepsPerEpoch;

    public async Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken)
    {
        var input = await batches.ReadAsync(epoch, step, cancellationToken);
        _share = input.Images.Count;
        return input;
    }

    public void Report(TrainingProgress value)
    {
        _steps++;
        stage?.Report(value);
    }

    /// <summary>Tells the stage what all ranks have done so far; all of them call it.</summary>
    public async Task ReportFiguresAsync()
    {
        var figures = RankFigures.Share(
            ranks, new RankFigures(_steps, _steps * _share, ranks.Elapsed.TotalSeconds, ranks.SummedBytes));
        await (stage?.ReportAsync(figures) ?? Task.CompletedTask);
    }
}
