namespace QatPipeline.Stages.Reports;

/// <summary>The range every method would give a quantizer, and the histogram it comes from.</summary>
/// <param name="Name">The quantizer.</param>
/// <param name="Scheme">How codes and values belong together.</param>
/// <param name="Enabled">False where its tensor stays float.</param>
/// <param name="Low">Lower end of the range it has.</param>
/// <param name="High">Upper end.</param>
/// <param name="AmaxByMethod">The largest magnitude each method would keep.</param>
/// <param name="Histogram">The magnitudes seen; null where all of them were one value.</param>
public sealed record RangeSummary(
    string Name,
    string Scheme,
    bool Enabled,
    double Low,
    double High,
    IReadOnlyDictionary<string, double> AmaxByMethod,
    MagnitudeHistogram? Histogram);

/// <summary>A histogram joined to few bins: enough to see the shape, small enough for every quantizer of a report.</summary>
/// <param name="First">Left edge of the first bin.</param>
/// <param name="Width">Width of a bin; the last one may reach beyond the largest magnitude seen.</param>
/// <param name="Counts">Values in each bin.</param>
public sealed record MagnitudeHistogram(double First, double Width, IReadOnlyList<long> Counts);
