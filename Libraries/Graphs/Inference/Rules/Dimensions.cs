namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Arithmetic on dimensions that may be unknown.</summary>
internal static class Dimensions
{
    // Anonymous dimensions of inputs get a name while a graph is analysed, so that equal ones cancel out; no file's name looks like it.
    private const string Placeholder = "\u0001";

    public static IReadOnlyList<Dimension>? WithPlaceholders(ValueInfo value) =>
        value.Shape
            ?.Select((dimension, axis) => dimension == default ? Dimension.Named($"{Placeholder}{value.Name}.{axis}") : dimension)
            .ToArray();

    public static ValueInfo WithoutPlaceholders(ValueInfo value) => value with
    {
        Shape = value.Shape
            ?.Select(dimension => dimension.Name?.StartsWith(Placeholder, StringComparison.Ordinal) == true ? default : dimension)
            .ToArray(),
    };

    /// <summary>The dimensions as numbers, or null where one is unknown.</summary>
    public static long[]? Known(IReadOnlyList<Dimension>? dimensions) =>
        dimensions is not null && dimensions.All(dimension => dimension.IsKnown)
            ? [.. dimensions.Select(dimension => dimension.Value!.Value)]
            : null;

    /// <summary>Each known dimension of <paramref name="inferred"/>, else the declared one, where the ranks agree.</summary>
    public static IReadOnlyList<Dimension>? Merge(IReadOnlyList<Dimension>? inferred, IReadOnlyList<Dimension>? declared) =>
        inferred is null ? declared
        : declared is null || declared.Count != inferred.Count ? inferred
        : [.. inferred.Zip(declared, (one, other) => one == default ? other : one)];

    /// <summary>ONNX's multidirectional broadcast.</summary>
    /// <exception cref="GraphException">The shapes do not broadcast.</exception>
    public static IReadOnlyList<Dimension>? Broadcast(IReadOnlyList<Dimension>? first, IReadOnlyList<Dimension>? second)
    {
        if (first is null || second is null)
        {
            return null;
        }

        var result = new Dimension[Math.Max(first.Count, second.Count)];
        for (var axis = 0; axis < result.Length; axis++)
        {
            var one = AlignedAt(first, axis, result.Length);
            var other = AlignedAt(second, axis, result.Length);
            result[axis] = Broadcast(one, other)
                ?? throw new GraphException($"Shapes [{string.Join(", ", first)}] and [{string.Join(", ", second)}] do not broadcast.");
        }

        return result;
    }

    /// <summary>Sum; unknown where a term is.</summary>
    public static Dimension Sum(Dimension first, Dimension second) =>
        first.IsKnown && second.IsKnown ? first.Value!.Value + second.Value!.Value
        : first.Value == 0 ? second
        : second.Value == 0 ? first
        : default;

    /// <summary>Product; a name survives multiplication by one only.</summary>
    public static Dimension Product(Dimension first, Dimension second) =>
        first.IsKnown && second.IsKnown ? first.Value!.Value * second.Value!.Value
        : first.Value == 1 ? second
        : second.Value == 1 ? first
        : default;

    public static Dimension Product(IEnumerable<Dimension> dimensions) => dimensions.Aggregate((Dimension)1, Product);

    private static Dimension AlignedAt(IReadOnlyList<Dimension> shape, int axis, int rank) =>
        axis < rank - shape.Count ? 1 : shape[axis - (rank - shape.Count)];

    private static Dimension? Broadcast(Dimension one, Dimension other) => (one.Value, other.Value) switch
    {
        (1, _) => other,
        (_, 1) => one,
        ({ } known, null) => known,
        (null, { } known) => known,
        (null, null) => one == other ? one : default(Dimension),
        var (known, same) => known == same ? one : null,
    };
}
