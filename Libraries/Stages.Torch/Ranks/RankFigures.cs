using QatPipeline.Torch.Parallel;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What a rank has done since it began.</summary>
/// <param name="Steps">Of the training.</param>
/// <param name="Images">Its share of the batches.</param>
/// <param name="CommunicationSeconds">In sums and broadcasts, the wait for slower ranks included.</param>
/// <param name="SummedBytes">Size of the values that it has summed with the others.</param>
internal sealed record RankFigures(long Steps, long Images, double CommunicationSeconds, long SummedBytes)
{
    /// <summary>Lets all ranks know those of all, by rank.</summary>
    public static IReadOnlyList<RankFigures> Share(ICollective ranks, RankFigures own)
    {
        double[] row = [own.Steps, own.Images, own.CommunicationSeconds, own.SummedBytes];
        var rows = new double[ranks.Size * row.Length];
        row.CopyTo(rows, ranks.Rank * row.Length);
        ranks.Sum(rows);
        return [.. rows.Chunk(row.Length).Select(figures =>
            new RankFigures((long)figures[0], (long)figures[1], figures[2], (long)figures[3]))];
    }
}
