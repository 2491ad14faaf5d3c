using QatPipeline.Coco.Images;
using QatPipeline.Coco.Images.Pixels;

namespace QatPipeline.Detectors.Preprocessing;

/// <summary>Image files to network inputs.</summary>
public static class Letterbox
{
    /// <summary>Reads an image onto a canvas: load at the protocol's size, letterbox, BGR → RGB (reference 8.2).</summary>
    /// <param name="image">The file; where it states a size, the decoded image must have it.</param>
    /// <param name="protocol">Load size, pad and gain.</param>
    /// <param name="canvas">Height and width in pixels.</param>
    /// <param name="destination">[3,H,W] levels 0…255, overwritten.</param>
    /// <exception cref="CocoException">The file is missing, corrupt, truncated, too large or of another size than stated.</exception>
    public static LetterboxTransform Read(
        CocoImage image, EvaluationProtocol protocol, (int Height, int Width) canvas, Span<byte> destination)
    {
        var original = ImageDecoder.Decode(image.FileName, image.Width, image.Height);
        var (width, height) = Resampler.SizeWithLongerSide(original.Width, original.Height, protocol.LoadSize);
        var transform = LetterboxTransform.Plan(original.Width, original.Height, width, height, canvas, protocol);
        var shrinks = protocol.LoadSize < Math.Max(original.Width, original.Height);
        var loaded = Resampler.Resize(original, width, height, shrinks ? Interpolation.Area : Interpolation.Linear);
        using var placed = Resampler.Resize(loaded, transform.ResizedWidth, transform.ResizedHeight, Interpolation.Linear);
        PlanarPixels.Write(placed, transform.Left, transform.Top, canvas, destination);
        return transform;
    }
}
