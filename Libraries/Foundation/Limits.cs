using System.Globalization;

namespace QatPipeline.Foundation;

/// <summary>How much is taken from whoever hands something in. Docs/operations.md describes them.</summary>
public static class Limits
{
    /// <summary>Levels of lists and mappings within each other in a run specification.</summary>
    public static Limit Nesting { get; } = new(nameof(Nesting), "levels", 64, 1000);

    /// <summary>Anchors and aliases in a YAML document.</summary>
    public static Limit Aliases { get; } = new(nameof(Aliases), "anchors and aliases", 64, 10_000);

    /// <summary>Values in a YAML document, those that aliases repeat included.</summary>
    public static Limit Nodes { get; } = new(nameof(Nodes), "values", 100_000, 10_000_000);

    /// <summary>Entries of a list in a run specification.</summary>
    public static Limit Entries { get; } = new(nameof(Entries), "entries", 10_000, 10_000_000);

    /// <summary>Pixels that are decoded at a time: of one picture, or of one batch of network inputs.</summary>
    public static Limit Pixels { get; } = new(nameof(Pixels), "pixels", 64_000_000, 1 << 28);

    /// <summary>Bytes of decoded pictures that a process keeps for its next pass over them.</summary>
    public static Limit KeptBytes { get; } = new(nameof(KeptBytes), "bytes", 256 << 20, 1L << 40);
}

/// <summary>One of the <see cref="Limits"/>; the environment variable that is its <see cref="Key"/> moves it for a process.</summary>
public sealed class Limit
{
    private readonly string _unit;
    private readonly Lazy<long> _value;

    internal Limit(string name, string unit, long standard, long highest)
    {
        (Key, _unit) = ($"Limits__{name}", unit);
        _value = new Lazy<long>(() => Environment.GetEnvironmentVariable(Key) is not { Length: > 0 } text ? standard
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= highest ? value
            : throw new LimitException($"{Key} is '{text}', but must be a whole number from 1 to {highest}."));
    }

    /// <summary>What moves it.</summary>
    public string Key { get; }

    /// <summary>The most that is accepted.</summary>
    /// <exception cref="LimitException">The environment variable is not a number in range.</exception>
    public long Value => _value.Value;

    /// <summary>The limit as the end of a sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"at most {Value} {_unit} are accepted ({Key})");
}

/// <summary>A limit is set to what it cannot be.</summary>
/// <param name="message">Names the key and its range.</param>
public sealed class LimitException(string message) : InputException(message);
