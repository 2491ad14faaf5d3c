using System.Runtime.Intrinsics;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Two neighbouring pixels in one register.</summary>
internal static class PixelPairs
{
    /// <summary>Shuffles their 8 bytes to pairs of words: blue and blue, green and green, …, ready to be weighted and added.</summary>
    public static Vector128<byte> Words { get; } = Vector128.Create(0, 255, 4, 255, 1, 255, 5, 255, 2, 255, 6, 255, 3, 255, 7, 255);
}
