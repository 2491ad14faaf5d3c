namespace QatPipeline.Engines;

/// <summary>
/// Whether one of two engines is faster, from times taken in turns: in how many rounds each won, whatever the times were. No assumption
/// about how times are distributed is made, so that a few slow rounds decide nothing.
/// </summary>
public static class SignTest
{
    /// <summary>
    /// The probability of rounds at least so one-sided if neither were faster, for both sides together; 1 without rounds.
    /// </summary>
    public static double PValue(int wins, int losses)
    {
        var rounds = wins + losses;
        var tail = 0.0;
        for (var count = Math.Max(wins, losses); count <= rounds; count++)
        {
            tail += Math.Exp(LogChoose(rounds, count) - (rounds * Math.Log(2)));
        }

        return Math.Min(1, 2 * tail);
    }

    private static double LogChoose(int total, int chosen)
    {
        var sum = 0.0;
        for (var factor = 1; factor <= chosen; factor++)
        {
            sum += Math.Log(total - chosen + factor) - Math.Log(factor);
        }

        return sum;
    }
}
