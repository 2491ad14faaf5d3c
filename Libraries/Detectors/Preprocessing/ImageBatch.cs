using System.Buffers;

namespace QatPipeline.Detectors.Preprocessing;

/// <summary>Letterboxed images as network input. Dispose returns the buffer to its pool.</summary>
public sealed class ImageBatch : IDisposable
{
    private float[]? _buffer;

    /// <summary>Takes over a buffer rented from <see cref="ArrayPool{T}.Shared"/>, whose first N·3·H·W elements are the pixels.</summary>
    public ImageBatch(float[] buffer, IReadOnlyList<CocoImage> images, IReadOnlyList<LetterboxTransform> transforms, int height, int width)
    {
        _buffer = buffer;
        Images = images;
        Transforms = transforms;
        Height = height;
        Width = width;
    }

    /// <summary>N images, in the order of the list they come from.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>How each image was placed on the canvas, by its position in the batch: maps boxes back to its own pixels.</summary>
    public IReadOnlyList<LetterboxTransform> Transforms { get; }

    /// <summary>N.</summary>
    public int Count => Images.Count;

    /// <summary>H in pixels, the same for all images of the batch.</summary>
    public int Height { get; }

    /// <summary>W in pixels, the same for all images of the batch.</summary>
    public int Width { get; }

    /// <summary>[N,3,H,W]: RGB in 0…1 as loaded, until they are brought to what a network takes.</summary>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public Memory<float> Pixels =>
        (_buffer ?? throw new ObjectDisposedException(nameof(ImageBatch))).AsMemory(0, Count * 3 * Height * Width);

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
