namespace QatPipeline.Graphs;

/// <summary>One dimension: a number, a named unknown (<c>batch</c>) or an anonymous unknown.</summary>
public readonly record struct Dimension(long? Value, string? Name = null)
{
    public bool IsKnown => Value.HasValue;

    public static implicit operator Dimension(long value) => new(value);

    public static Dimension ToDimension(long value) => new(value);

    public static Dimension Named(string name) => new(null, name);

    public override string ToString() => Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Name ?? "?";
}

/// <summary>Name, element type and shape of a value; a null shape means unknown rank.</summary>
public sealed record ValueInfo(string Name, ElementType Type, IReadOnlyList<Dimension>? Shape)
{
    /// <summary>The protobuf bytes of a type that is not a tensor (sequence, map, optional), kept as read; empty for tensors.</summary>
    public ReadOnlyMemory<byte> OpaqueType { get; init; }

    /// <summary>The shape as numbers, or null where any dimension is unknown.</summary>
    public long[]? StaticShape =>
        Shape is not null && Shape.All(dimension => dimension.IsKnown) ? [.. Shape.Select(dimension => dimension.Value!.Value)] : null;

    public override string ToString() => $"{Name}: {Type}[{(Shape is null ? "…" : string.Join(", ", Shape))}]";
}
