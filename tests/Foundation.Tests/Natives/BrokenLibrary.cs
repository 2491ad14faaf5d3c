using System.Text;

namespace QatPipeline.Foundation.Tests.Natives;

/// <summary>Real shared libraries that the system's loader refuses: copies of Skia's in which a name is another.</summary>
internal static class BrokenLibrary
{
    /// <summary>A library that Skia's needs directly.</summary>
    public const string Needed = "libpthread.so.0";

    private static readonly string Original = Path.Combine(AppContext.BaseDirectory, "libSkiaSharp.so");

    /// <summary>Writes a copy in which <paramref name="name"/> is replaced wherever the loader reads it.</summary>
    /// <param name="path">Where to write.</param>
    /// <param name="name">A name in the library's string table.</param>
    /// <param name="other">Not longer than that.</param>
    /// <returns>The path.</returns>
    public static string Write(string path, string name, string other)
    {
        var content = File.ReadAllBytes(Original);
        var (old, replacement) = (Encoding.ASCII.GetBytes(name + '\0'), Encoding.ASCII.GetBytes(other.PadRight(name.Length, '\0') + '\0'));
        for (var at = content.AsSpan().IndexOf(old); at >= 0; at = content.AsSpan().IndexOf(old))
        {
            replacement.CopyTo(content, at);
        }

        File.WriteAllBytes(path, content);
        return path;
    }
}
