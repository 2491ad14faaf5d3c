namespace QatPipeline.Reporting.Plots;

/// <summary>A named line or cloud of points.</summary>
internal sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);
