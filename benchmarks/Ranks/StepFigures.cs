namespace QatPipeline.Benchmarks.Ranks;

/// <summary>Of a step of one process.</summary>
/// <param name="Milliseconds">Median.</param>
/// <param name="MeanMilliseconds">Mean.</param>
/// <param name="CommunicationMilliseconds">Mean time in exchanges, the wait for the other rank included.</param>
/// <param name="SummedBytes">Size of what is summed.</param>
/// <param name="Sums">How many exchanges.</param>
internal sealed record StepFigures(
    double Milliseconds, double MeanMilliseconds, double CommunicationMilliseconds, long SummedBytes, long Sums);
