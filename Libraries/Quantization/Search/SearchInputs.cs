namespace QatPipeline.Quantization.Search;

/// <summary>A layer whose quantization can be left out.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Class">
/// Layers of one class tend to suffer from quantization, and to gain speed from it, alike; such as <c>Conv/depthwise</c>. Whole
/// classes are tried before single layers.
/// </param>
/// <param name="Sensitivity">
/// What quantizing this layer alone costs, on any scale on which more is worse and costs add up: noise energy at the network's output
/// over its signal energy, for instance.
/// </param>
public sealed record SearchLayer(string Name, string Class, double Sensitivity);

/// <summary>What a choice must keep to.</summary>
/// <param name="LeastAccuracy">Smallest accuracy (AP) accepted.</param>
/// <param name="LongestMilliseconds">Longest time accepted; null for no limit.</param>
/// <param name="PrefersSpeed">True to take the fastest choice that keeps to it, false to take the one with the fewest float layers.</param>
public sealed record SearchBudget(double LeastAccuracy, double? LongestMilliseconds = null, bool PrefersSpeed = false);

/// <summary>What was measured of a choice.</summary>
/// <param name="Accuracy">AP of the network with those layers float.</param>
/// <param name="Milliseconds">Its time; 0 where it does not matter.</param>
public sealed record SearchMeasurement(double Accuracy, double Milliseconds);

/// <summary>Measures the network with the named layers left float and all others quantized.</summary>
public delegate Task<SearchMeasurement> SearchMeasure(IReadOnlySet<string> floatLayers, CancellationToken cancellationToken);
