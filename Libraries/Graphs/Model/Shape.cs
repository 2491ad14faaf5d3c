namespace QatPipeline.Graphs.Model;

/// <summary>One dimension: a number, a named unknown (<c>batch</c>) or an anonymous unknown.</summary>
/// <param name="Value">Number of elements, or null where it is not known before the network runs.</param>
/// <param name="Name">What an unknown is called; equal names are equal numbers. Null for anonymous ones.</param>
public readonly record struct Dimension(long? Value, string? Name = null)
{
    /// <summary>False for both kinds of unknown.</summary>
    public bool IsKnown => Value.HasValue;

    /// <summary>A known number of elements. ONNX's −1 and 0 of Reshape targets are not dimensions.</summary>
    public static implicit operator Dimension(long value) => new(value);

    /// <summary>The conversion from a number as a method, for <c>Select</c>.</summary>
    public static Dimension ToDimension(long value) => new(value);

    /// <summary>An unknown that is the same number wherever the name occurs.</summary>
    public static Dimension Named(string name) => new(null, name);

    /// <summary>The number, the name, or <c>?</c>.</summary>
    public override string ToString() => Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Name ?? "?";
}

/// <summary>Name, element type and shape of a value; a null shape means unknown rank.</summary>
/// <param name="Name">Unique in its graph.</param>
/// <param name="Type"><see cref="ElementType.Undefined"/> where it is not known.</param>
/// <param name="Shape">Outermost dimension first; empty for a scalar, null for an unknown rank.</param>
public sealed record ValueInfo(string Name, ElementType Type, IReadOnlyList<Dimension>? Shape)
{
    /// <summary>The protobuf bytes of a type that is not a tensor (sequence, map, optional), kept as read; empty for tensors.</summary>
    public ReadOnlyMemory<byte> OpaqueType { get; init; }

    /// <summary>The shape as numbers, or null where any dimension is unknown.</summary>
    public long[]? StaticShape =>
        Shape is not null && Shape.All(dimension => dimension.IsKnown) ? [.. Shape.Select(dimension => dimension.Value!.Value)] : null;

    /// <summary>As in listings: <c>images: Float[batch, 3, 640, 640]</c>, with … for an unknown rank.</summary>
    public override string ToString() => $"{Name}: {Type}[{(Shape is null ? "…" : string.Join(", ", Shape))}]";
}
