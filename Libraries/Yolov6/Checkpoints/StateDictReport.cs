namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>How the entries of a checkpoint meet those that a network expects.</summary>
/// <param name="Matched">Expected, there, with the same shape.</param>
/// <param name="Missing">Expected and not there.</param>
/// <param name="Unexpected">There and not expected.</param>
/// <param name="Mismatched">There with another shape; "name: has [..], expected [..]".</param>
public sealed record StateDictReport(
    IReadOnlyList<string> Matched,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<string> Mismatched)
{
    private const int NamesShown = 5;

    /// <summary>Every expected entry is there with its shape, and nothing else is.</summary>
    public bool IsExact => Missing.Count == 0 && Unexpected.Count == 0 && Mismatched.Count == 0;

    /// <param name="found">The checkpoint.</param>
    /// <param name="expected">Names and shapes of the network.</param>
    /// <param name="ignored">Accepts the names of a checkpoint that carry no information for any network.</param>
    public static StateDictReport Compare(
        StateDict found, IReadOnlyCollection<KeyValuePair<string, long[]>> expected, Func<string, bool>? ignored = null)
    {
        List<string> matched = [], missing = [], mismatched = [];
        foreach (var (name, shape) in expected)
        {
            if (!found.TryGet(name, out var tensor))
            {
                missing.Add(name);
            }
            else if (tensor.Shape.AsSpan().SequenceEqual(shape))
            {
                matched.Add(name);
            }
            else
            {
                mismatched.Add($"{name}: has {tensor.ShapeText}, expected [{string.Join(",", shape)}]");
            }
        }

        var names = expected.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        return new StateDictReport(
            matched, missing, [.. found.Names.Where(name => !names.Contains(name) && ignored?.Invoke(name) != true)], mismatched);
    }

    /// <summary>Throws unless every expected entry is there with its shape and nothing unexpected is.</summary>
    /// <exception cref="CheckpointException">Names the first entries of each kind.</exception>
    public StateDictReport RequireExact(string checkpoint) =>
        IsExact ? this : throw new CheckpointException($"{checkpoint} does not fit the network: {this}.");

    /// <summary>Throws unless every expected entry is there with its shape.</summary>
    /// <exception cref="CheckpointException">Names the first entries of each kind.</exception>
    public StateDictReport RequireComplete(string checkpoint) =>
        Missing.Count == 0 && Mismatched.Count == 0
            ? this
            : throw new CheckpointException($"{checkpoint} does not fit the network: {this}.");

    /// <summary>Counts, and the first five names of each kind of difference.</summary>
    public override string ToString() =>
        $"{Matched.Count} matched{Part("missing", Missing)}{Part("unexpected", Unexpected)}{Part("mismatched", Mismatched)}";

    private static string Part(string kind, IReadOnlyList<string> names) =>
        names.Count == 0
            ? ""
            : $"; {names.Count} {kind} ({string.Join("; ", names.Take(NamesShown))}{(names.Count > NamesShown ? "; …" : "")})";
}
