namespace QatPipeline.Contracts.Specification;

/// <summary>A generated detection data set, the same pixels for the same seed.</summary>
public sealed record SyntheticSpecification
{
    /// <summary>Number of pictures, 1…1,000,000; 500 by default.</summary>
    [Range(1, 1_000_000)]
    public int Images { get; init; } = 500;

    /// <summary>Seed of the pictures and their objects; 0 by default.</summary>
    [Range(0.0, int.MaxValue)]
    public long Seed { get; init; }

    /// <summary>Side of the square pictures in pixels.</summary>
    [Range(64, 2048)]
    public int Size { get; init; } = 256;

    /// <summary>Most objects in a picture.</summary>
    [Range(1, 100)]
    public int Objects { get; init; } = 9;

    /// <summary>Diameter of the smallest object as a part of the picture's side.</summary>
    [Range(0.01, 1.0)]
    public double Smallest { get; init; } = 0.045;

    /// <summary>Diameter of the largest object as a part of the picture's side.</summary>
    [Range(0.01, 1.0)]
    public double Largest { get; init; } = 0.42;

    /// <summary>Standard deviation of the strongest sensor noise, in grey levels of 255.</summary>
    [Range(0.0, 100.0)]
    public double Noise { get; init; } = 26;

    /// <summary>Share of the objects that have a colour of their class; the others are told apart by outline alone.</summary>
    [Range(0.0, 1.0)]
    public double ColorHint { get; init; }
}
