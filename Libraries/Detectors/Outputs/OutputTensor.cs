namespace QatPipeline.Detectors.Outputs;

/// <summary>One of a detector's outputs.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Shape">Its dimensions, the batch first.</param>
/// <param name="Values">Row-major, valid until the detector's next call.</param>
public sealed record OutputTensor(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values)
{
    /// <summary>Name and dimensions, such as <c>output0 [1, 84, 8400]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";

    /// <summary>
    /// One image's part of a batch, without the batch dimension and without other dimensions of 1 beyond the last two. Lists [N,M] are of a
    /// batch where there are boxes [N,M,4] that they belong to.
    /// </summary>
    /// <param name="outputs">Of one pass.</param>
    /// <param name="image">Position in the batch.</param>
    /// <param name="count">Images in the batch; an output that does not have as many holds all of its single image.</param>
    internal static IReadOnlyList<OutputTensor> OfImage(IReadOnlyList<OutputTensor> outputs, int image, int count) =>
    [
        .. outputs.Select(output => output.Of(
            image,
            count,
            isList: output.Shape is [_, var length] && outputs.Any(boxes => boxes.Shape is [var images, var rows, 4]
                && images == output.Shape[0] && rows == length))),
    ];

    private OutputTensor Of(int image, int count, bool isList)
    {
        var hasBatch = (Shape.Count > 2 || isList) && Shape[0] == count;
        var shape = (hasBatch ? Shape.Skip(1) : Shape).ToList();
        for (var axis = shape.Count - 1; axis >= 0 && shape.Count > 2; axis--)
        {
            if (shape[axis] == 1 && (axis > 0 || IsList(shape)))
            {
                shape.RemoveAt(axis);
            }
        }

        var length = hasBatch ? Values.Length / count : Values.Length;
        return new OutputTensor(Name, shape, hasBatch ? Values.Slice(image * length, length) : Values);
    }

    // [1,M,7] is a list of detections; [1,h,w] is a map of one class.
    private static bool IsList(List<int> shape) => shape.Count > 3 || (shape[^1] is 6 or 7 && shape[^1] != shape[^2]);
}
