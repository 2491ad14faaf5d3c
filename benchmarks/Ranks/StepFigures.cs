namespace QatPipeline.Benchmarks.Ranks;

/// <summary>Means over the steps of a turn.</summary>
/// <param name="Milliseconds">Time of a step.</param>
/// <param name="ExchangeMilliseconds">Of it in exchanges, the wait for the other rank included.</param>
/// <param name="SummedBytes">Size of what is summed.</param>
/// <param name="Sums">How many exchanges.</param>
internal sealed record StepFigures(double Milliseconds, double ExchangeMilliseconds, long SummedBytes, long Sums);
