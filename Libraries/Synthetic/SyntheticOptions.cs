namespace QatPipeline.Synthetic;

/// <summary>What a generated detection data set looks like. The same options give the same pictures.</summary>
public sealed record SyntheticOptions
{
    /// <summary>Number of pictures; more than 0.</summary>
    public int Images { get; init; } = 500;

    /// <summary>Side of the square pictures in pixels; at least 64.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Of everything that is drawn; picture <c>i</c> depends on it and <c>i</c> only, not on how many there are.</summary>
    public int Seed { get; init; }

    /// <summary>Fewest and most objects a picture.</summary>
    public (int Fewest, int Most) Objects { get; init; } = (2, 9);

    /// <summary>Smallest and largest diameter of an object, as parts of the picture's side; sizes are log-uniform between.</summary>
    public (double Smallest, double Largest) Scale { get; init; } = (0.045, 0.42);

    /// <summary>Objects of which less is visible are clutter: painted, but not annotated.</summary>
    public double LeastVisible { get; init; } = 0.3;

    /// <summary>Standard deviation of the strongest sensor noise, in grey levels of 255.</summary>
    public double Noise { get; init; } = 26;

    /// <summary>Share of the objects that have a colour of their class; the others are told apart by outline alone.</summary>
    public double ColorHint { get; init; }

    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    internal void Validate()
    {
        Require(Images > 0, $"{nameof(Images)} is {Images}; it must be positive");
        Require(Size >= 64, $"{nameof(Size)} is {Size}; it must be at least 64");
        Require(Objects.Fewest >= 0 && Objects.Most >= Objects.Fewest, $"{nameof(Objects)} is {Objects}; it must be a range of counts");
        Require(
            Scale.Smallest > 0 && Scale.Largest >= Scale.Smallest && Scale.Largest <= 1,
            $"{nameof(Scale)} is {Scale}; it must be a range within (0, 1]");
        Require(LeastVisible is > 0 and <= 1, $"{nameof(LeastVisible)} is {LeastVisible}; it must lie in (0, 1]");
        Require(ColorHint is >= 0 and <= 1, $"{nameof(ColorHint)} is {ColorHint}; it must lie in [0, 1]");
        Require(Noise >= 0, $"{nameof(Noise)} is {Noise}; it must not be negative");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise + ".");
        }
    }
}
