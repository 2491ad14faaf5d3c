namespace QatPipeline.Engines;

/// <summary>A tensor an engine takes or gives.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Shape">Its dimensions, batch first; −1 where the model leaves one open.</param>
public sealed record EngineTensorInfo(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>The batch the model is fixed to, or null where the first dimension is open.</summary>
    public int? FixedBatch => Shape.Count > 0 && Shape[0] > 0 ? Shape[0] : null;

    /// <summary>Whether a batch goes through in one run.</summary>
    public BatchExecution ExecutionOf(int batch) =>
        FixedBatch is { } size && size != batch ? BatchExecution.Looped : BatchExecution.Native;

    /// <summary>Elements of one image.</summary>
    /// <exception cref="EngineException">A dimension other than the batch is open.</exception>
    public int ElementsPerImage => Shape.Skip(1).Aggregate(1, (product, dimension) => dimension > 0
        ? checked(product * dimension)
        : throw new EngineException($"'{Name}' has the open dimensions {this}: export the model with a fixed image size."));

    /// <summary>The same tensor with height and width where they are open.</summary>
    public EngineTensorInfo Sized(int height, int width) => Shape is [var batch, var channels, var rows, var columns]
        ? this with { Shape = [batch, channels, rows > 0 ? rows : height, columns > 0 ? columns : width] }
        : this;

    /// <summary>The dimensions for a batch.</summary>
    public IReadOnlyList<int> ShapeOf(int batch) => [batch, .. Shape.Skip(1)];

    /// <summary>Name and dimensions, such as <c>images [?, 3, 640, 640]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape.Select(size => size < 0 ? "?" : $"{size}"))}]";
}

/// <summary>What an engine computed.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Shape">Its dimensions, batch first.</param>
/// <param name="Values">Its values, row-major.</param>
public sealed record EngineOutput(string Name, IReadOnlyList<int> Shape, float[] Values)
{
    /// <summary>The outputs of the first images of the batch.</summary>
    internal EngineOutput First(int images) =>
        images == Shape[0] ? this : this with { Shape = [images, .. Shape.Skip(1)], Values = Values[..(Values.Length / Shape[0] * images)] };

    /// <summary>One output of batches that were run one after the other.</summary>
    internal static EngineOutput Join(IReadOnlyList<EngineOutput> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var (values, position) = (new float[parts.Sum(part => part.Values.Length)], 0);
        foreach (var part in parts)
        {
            part.Values.CopyTo(values, position);
            position += part.Values.Length;
        }

        return new(parts[0].Name, [parts.Sum(part => part.Shape[0]), .. parts[0].Shape.Skip(1)], values);
    }
}
