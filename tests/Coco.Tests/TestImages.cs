using OpenCvSharp;

namespace QatPipeline.Coco.Tests;

internal static class TestImages
{
    /// <summary>Writes an image of smooth, reproducible colours; the extension chooses the format.</summary>
    public static void Write(string path, int width, int height)
    {
        using var image = new Mat(height, width, MatType.CV_8UC3);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                image.Set(y, x, new Vec3b((byte)(x * 255 / width), (byte)(y * 255 / height), (byte)((x + y) % 256)));
            }
        }

        Cv2.ImWrite(path, image);
    }
}
