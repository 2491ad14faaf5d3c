using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines;

/// <summary>Two networks timed in turns until their order is certain, or it has been tried often enough.</summary>
/// <param name="First">Median milliseconds of the first.</param>
/// <param name="Second">Median milliseconds of the second.</param>
/// <param name="Wins">Rounds that the first won.</param>
/// <param name="Losses">Rounds that the second won.</param>
public sealed record PairedTiming(double First, double Second, int Wins, int Losses)
{
    private const int MostAttempts = 3;

    private const double Doubt = 0.05;

    /// <summary>True where the first is faster beyond chance.</summary>
    public bool FirstIsFaster => IsCertain && Wins > Losses;

    /// <summary>True where the second is faster beyond chance.</summary>
    public bool SecondIsFaster => IsCertain && Losses > Wins;

    private bool IsCertain => SignTest.PValue(Wins, Losses) < Doubt;

    /// <summary>Times both.</summary>
    /// <exception cref="EngineException">The runtime refuses one.</exception>
    public static async Task<PairedTiming> MeasureAsync(
        IGraphTimer timer, Graph first, Graph second, CancellationToken cancellationToken)
    {
        List<double> firsts = [], seconds = [];
        PairedTiming timing;
        var attempts = 0;
        do
        {
            var samples = await timer.MeasureAsync([first, second], cancellationToken).ConfigureAwait(false);
            firsts.AddRange(samples[0]);
            seconds.AddRange(samples[1]);
            timing = Of(firsts, seconds);
        }
        while (!timing.IsCertain && ++attempts < MostAttempts);

        return timing;
    }

    /// <summary>From the times of both, round by round.</summary>
    public static PairedTiming Of(IReadOnlyCollection<double> first, IReadOnlyCollection<double> second) => new(
        LatencyStatistics.MedianOf(first),
        LatencyStatistics.MedianOf(second),
        first.Zip(second).Count(pair => pair.First < pair.Second),
        first.Zip(second).Count(pair => pair.First > pair.Second));
}
