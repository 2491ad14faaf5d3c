using System.Buffers;
using QatPipeline.Coco.Images;

namespace QatPipeline.Detectors.Preprocessing;

/// <summary>Letterboxed images as network input. Dispose returns the buffers to their pools.</summary>
public sealed class ImageBatch : IDisposable
{
    private byte[]? _levels;
    private float[]? _pixels;

    /// <summary>Takes over a buffer rented from <see cref="ArrayPool{T}.Shared"/>, whose first N·3·H·W elements are the levels.</summary>
    public ImageBatch(byte[] levels, IReadOnlyList<CocoImage> images, IReadOnlyList<LetterboxTransform> transforms, int height, int width)
    {
        _levels = levels;
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

    /// <summary>[N,3,H,W]: RGB in 0…255 as loaded.</summary>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public Memory<byte> Levels => (_levels ?? throw new ObjectDisposedException(nameof(ImageBatch))).AsMemory(0, Length);

    /// <summary>[N,3,H,W]: RGB in 0…1 as loaded, until they are brought to what a network takes.</summary>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public Memory<float> Pixels
    {
        get
        {
            if (_pixels is null)
            {
                var levels = Levels.Span;
                _pixels = ArrayPool<float>.Shared.Rent(Length);
                PlanarPixels.ToUnit(levels, _pixels);
            }

            return _pixels.AsMemory(0, Length);
        }
    }

    private int Length => Count * 3 * Height * Width;

    /// <summary>Gives the pixels back to their pools; reading them afterwards fails.</summary>
    public void Dispose()
    {
        if (_levels is { } levels)
        {
            _levels = null;
            ArrayPool<byte>.Shared.Return(levels);
        }

        if (_pixels is { } pixels)
        {
            _pixels = null;
            ArrayPool<float>.Shared.Return(pixels);
        }
    }
}
