using System.Reflection;
using System.Runtime.InteropServices;

namespace QatPipeline.Foundation.Natives;

/// <summary>Finds and loads the native files of packages, and explains what keeps one from being loaded.</summary>
public static class NativeFile
{
    /// <summary>The path of a native file that came with the package of <paramref name="assembly"/>.</summary>
    /// <exception cref="NativeLibraryException">It lies in none of the folders that the runtime looks in.</exception>
    public static string Find(string file, Assembly assembly)
    {
        var folders = SearchFolders(assembly).ToArray();
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new NativeLibraryException(
                $"{file} lies in none of {string.Join(", ", folders)}. "
                + $"Build for runtime identifier linux-x64 with the package of {assembly.GetName().Name}.");
    }

    /// <summary>Loads a shared library; it stays loaded until the process ends.</summary>
    /// <returns>The loader's handle.</returns>
    /// <exception cref="NativeLibraryException">The loader refuses it; the message names missing files and their packages.</exception>
    public static nint Load(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeLibraryException(Explain(path, error.Message), error);
        }
    }

    /// <summary>Where the runtime looks for the native files of an assembly's package, in order.</summary>
    internal static IEnumerable<string> SearchFolders(Assembly assembly)
    {
        var probed = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries);
        string?[] folders = [.. probed, AppContext.BaseDirectory, Path.GetDirectoryName(assembly.Location)];
        return folders.OfType<string>()
            .Where(folder => folder.Length > 0)
            .SelectMany(folder => new[] { folder, Path.Combine(folder, "runtimes", "linux-x64", "native") })
            .Distinct();
    }

    private static string Explain(string path, string loaderMessage)
    {
        if (!File.Exists(path))
        {
            // A bare name is the system's to find.
            return Path.GetFileName(path) == path
                ? $"{path} cannot be loaded ({OwnWords(loaderMessage)}); {DebianPackages.Remedy([path])}."
                : $"{path} is missing: restore the packages and build again.";
        }

        var missing = MissingFiles.Of(path);
        return missing.Count > 0
            ? $"{Path.GetFileName(path)} needs {string.Join(" and ", missing)}, which this machine lacks; {DebianPackages.Remedy(missing)}."
            : $"{Path.GetFileName(path)} is refused by the system's loader: {OwnWords(loaderMessage)}; "
                + "it may need a newer release of the system (Debian 12 or Ubuntu 22.04 at least), or the packages restored again.";
    }

    // The runtime's message ends with what the loader said of each place it was sent to.
    private static string OwnWords(string message) =>
        message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');
}
