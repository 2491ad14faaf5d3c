using System.Buffers;

namespace QatPipeline.Coco.Augmentation;

/// <summary>An object of a batch: image within the batch, class index, and the box as fractions of the input.</summary>
public readonly record struct TrainingLabel(int Image, int Class, double CenterX, double CenterY, double W, double H);

/// <summary>Augmented images with their objects. Dispose returns the buffer to its pool.</summary>
public sealed class TrainingBatch : IDisposable
{
    private float[]? _buffer;

    internal TrainingBatch(float[] buffer, int count, int size, IReadOnlyList<TrainingLabel> labels) =>
        (_buffer, Count, Size, Labels) = (buffer, count, size, labels);

    /// <summary>N: images; the last batch of an epoch may have fewer than the others.</summary>
    public int Count { get; }

    /// <summary>Side of the images in pixels.</summary>
    public int Size { get; }

    /// <summary>In ascending order of image.</summary>
    public IReadOnlyList<TrainingLabel> Labels { get; }

    /// <summary>[N,3,S,S], RGB in 0…1.</summary>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public Memory<float> Pixels =>
        (_buffer ?? throw new ObjectDisposedException(nameof(TrainingBatch))).AsMemory(0, Count * 3 * Size * Size);

    /// <summary>Gives the pixels back to their pool; reading them afterwards fails.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
