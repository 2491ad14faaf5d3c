namespace QatPipeline.Contracts.Specification;

/// <summary>The search that leaves as few layers float as the budget allows.</summary>
public sealed record PartialSpecification
{
    /// <summary>Whether to search; without it, everything that was placed stays quantized.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// What is quantized to begin with: <c>fastest</c>, the layers for which integers save estimated time on ort-cpu; <c>measured</c>,
    /// those of the fastest engine among many that are timed on the machine that calibrates; or <c>all</c> that can be.
    /// </summary>
    [AllowedValues("fastest", "measured", "all")]
    public string Placement { get; init; } = "fastest";

    /// <summary>Accepted AP loss against float (AP in 0…1).</summary>
    [Range(0.0, 1.0)]
    public double MaxApLoss { get; init; } = 0.01;

    /// <summary>Accepted AP loss in place of <see cref="MaxApLoss"/> where training follows, which recovers most of it.</summary>
    [Range(0.0, 1.0)]
    public double MaxApLossBeforeTraining { get; init; } = 0.02;

    /// <summary>The engine must be at least so many times as fast as the float engine; 0 sets no limit.</summary>
    [Range(0.0, 100.0)]
    public double MinSpeedup { get; init; }

    /// <summary>Choices the search may measure.</summary>
    [Range(1, 1000)]
    public int MaxMeasurements { get; init; } = 12;

    /// <summary>Calibration images a choice is measured on, the first of the list; 0 takes all.</summary>
    [Range(0, 1_000_000)]
    public int Images { get; init; } = 128;

    /// <summary>Calibration images that errors and sensitivities of single layers are measured on, the first of the list.</summary>
    [Range(1, 10_000)]
    public int AnalysisImages { get; init; } = 8;

    /// <summary>Node name patterns (glob) that stay float whatever the search says.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];
}
