using OpenCvSharp;

namespace QatPipeline.Coco.Augmentation;

/// <summary>Random gains of hue, saturation and value through lookup tables on 8-bit HSV (reference 8.3).</summary>
internal static class ColorJitter
{
    // OpenCV's 8-bit hue is half the angle.
    private const int HueRange = 180;

    /// <summary>Changes the pixels in place.</summary>
    public static void Apply(Mat pixels, AugmentationOptions options, SeededRandom random)
    {
        if (options is { Hue: 0, Saturation: 0, Value: 0 })
        {
            return;
        }

        var (hue, saturation, value) = (Gain(options.Hue), Gain(options.Saturation), Gain(options.Value));
        var table = new byte[3 * 256];
        for (var level = 0; level < 256; level++)
        {
            table[3 * level] = (byte)(level * hue % HueRange);
            table[(3 * level) + 1] = (byte)Math.Min(level * saturation, 255);
            table[(3 * level) + 2] = (byte)Math.Min(level * value, 255);
        }

        using var lookup = Mat.FromPixelData(1, 256, MatType.CV_8UC3, table);
        Cv2.CvtColor(pixels, pixels, ColorConversionCodes.BGR2HSV);
        Cv2.LUT(pixels, lookup, pixels);
        Cv2.CvtColor(pixels, pixels, ColorConversionCodes.HSV2BGR);

        double Gain(double strength) => 1 + (random.Uniform(-1, 1) * strength);
    }
}
