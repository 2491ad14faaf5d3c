using QatPipeline.Foundation.Natives;
using SkiaSharp;

namespace QatPipeline.Coco.Images;

/// <summary>The native part of Skia, which draws, reads and writes pictures.</summary>
public static class SkiaNative
{
    private const string LibraryFile = "libSkiaSharp.so";

    /// <summary>Skia; its version is that of the native library.</summary>
    public static NativeComponent Component { get; } = new("Skia", () =>
    {
        NativeFile.Load(NativeFile.Find(LibraryFile, typeof(SKBitmap).Assembly));
        return SkiaSharpVersion.Native.ToString();
    });
}
