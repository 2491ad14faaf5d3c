using System.Runtime.InteropServices;

namespace QatPipeline.Foundation.Natives;

/// <summary>
/// Walks from a shared library to the libraries it needs, as the loader does. The loader stops at the first that is missing, and its words
/// are of its version and language; this finds all.
/// </summary>
internal static class MissingFiles
{
    private static readonly string[] SystemFolders =
        ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"];

    /// <summary>Names of the files that the library needs, itself or through others, and that this machine lacks; in order.</summary>
    /// <exception cref="NativeLibraryException">The library, or one it needs, cannot be read as one.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        var missing = new List<string>();
        Visit(path, [], missing);
        return missing;
    }

    private static void Visit(string path, HashSet<string> seen, List<string> missing)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var name in new ElfImage(File.ReadAllBytes(path), path).Needed.Where(seen.Add))
        {
            // What loads has all it needs. Found but refused: something is missing further down.
            if (NativeLibrary.TryLoad(name, out _))
            {
                continue;
            }

            if (SystemFolders.Prepend(folder).Select(at => Path.Combine(at, name)).FirstOrDefault(File.Exists) is not { } found)
            {
                missing.Add(name);
            }
            else if (!NativeLibrary.TryLoad(found, out _))
            {
                Visit(found, seen, missing);
            }
        }
    }
}
