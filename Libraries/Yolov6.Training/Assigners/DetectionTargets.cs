namespace QatPipeline.Yolov6.Training.Assigners;

/// <summary>One object of an image of a batch: class index and corners in pixels of the network input.</summary>
public readonly record struct TargetBox(int Class, float X1, float Y1, float X2, float Y2);

/// <summary>The objects of a batch, padded to the same number M for every image (reference 4.1).</summary>
internal sealed class DetectionTargets : IDisposable
{
    /// <param name="images">The objects of every image; corners that add up to 0 or less are padding.</param>
    /// <param name="device">Where the tensors live; the CPU if null.</param>
    public DetectionTargets(IReadOnlyList<IReadOnlyList<TargetBox>> images, Device? device = null)
    {
        var most = images.Count == 0 ? 0 : images.Max(boxes => boxes.Count);
        var classes = new long[images.Count * most];
        var corners = new float[images.Count * most * 4];
        var valid = new bool[images.Count * most];
        for (var image = 0; image < images.Count; image++)
        {
            for (var i = 0; i < images[image].Count; i++)
            {
                var (box, row) = (images[image][i], (image * most) + i);
                (classes[row], valid[row]) = (box.Class, box.X1 + box.Y1 + box.X2 + box.Y2 > 0);
                (corners[4 * row], corners[(4 * row) + 1], corners[(4 * row) + 2], corners[(4 * row) + 3]) =
                    (box.X1, box.Y1, box.X2, box.Y2);
            }
        }

        using var scope = NewDisposeScope();
        Classes = tensor(classes, [images.Count, most], device: device).DetachFromDisposeScope();
        Boxes = tensor(corners, [images.Count, most, 4], device: device).DetachFromDisposeScope();
        Valid = tensor(valid, [images.Count, most], device: device).DetachFromDisposeScope();
    }

    /// <summary>M: the largest number of objects in an image.</summary>
    public int MostObjects => (int)Classes.shape[1];

    /// <summary>[B,M] int64; 0 where padded.</summary>
    public Tensor Classes { get; }

    /// <summary>[B,M,4] corners in pixels; 0 where padded.</summary>
    public Tensor Boxes { get; }

    /// <summary>[B,M] bool: an object, not padding.</summary>
    public Tensor Valid { get; }

    public void Dispose()
    {
        Classes.Dispose();
        Boxes.Dispose();
        Valid.Dispose();
    }
}
