using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace QatPipeline.Torch.Native;

/// <summary>Makes TorchSharp's native library load on Linux systems whose C++ runtime is older than the one it was built with.</summary>
/// <remarks>
/// The published libLibTorchSharp.so requires GLIBCXX_3.4.32 (GCC 13) because of one symbol that is never called. Where the system's
/// libstdc++ lacks it, a copy without the requirement is made once per user and loaded instead; elsewhere nothing is touched.
/// Call <see cref="EnsureLoaded"/> before the first use of TorchSharp; the libraries of this project do so when they are loaded.
/// </remarks>
public static class TorchNative
{
    private const string LibraryFile = "libLibTorchSharp.so";
    private const string LibraryName = "LibTorchSharp";
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string MissingSymbol = "_ZSt21ios_base_library_initv";

    private static readonly Lazy<nint> Library = new(Load);
    private static readonly Lazy<bool> Registration = new(Register);

    /// <summary>
    /// Makes sure that TorchSharp finds a native library that this system can load. Cheap after the first call; thread-safe.
    /// </summary>
    /// <returns>Whether an adapted copy is used.</returns>
    public static bool EnsureLoaded() => Registration.Value;

    /// <summary>Loads the native library now instead of at the first use.</summary>
    /// <returns>The device that is computed on and the number of threads.</returns>
    /// <exception cref="TorchNativeException">The library cannot be loaded.</exception>
    public static string LoadNow()
    {
        EnsureLoaded();
        using var one = torch.ones(1);
        return $"LibTorch, {(torch.cuda.is_available() ? "CUDA" : "CPU")}, {torch.get_num_threads()} threads";
    }

    private static bool Register()
    {
        if (!OperatingSystem.IsLinux() || SystemRuntimeHasVersion())
        {
            return false;
        }

        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += Resolve;
        return true;
    }

    // The runtime asks after its own probing has failed, with any of the spellings that TorchSharp uses.
    private static nint Resolve(Assembly assembly, string name) =>
        assembly == typeof(torch).Assembly && name is LibraryName or "lib" + LibraryName or LibraryFile ? Library.Value : 0;

    private static bool SystemRuntimeHasVersion()
    {
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out var runtime))
        {
            // Without any C++ runtime the ordinary load fails with the loader's own message, which names it.
            return true;
        }

        return NativeLibrary.TryGetExport(runtime, MissingSymbol, out _);
    }

    private static nint Load()
    {
        var original = SearchFolders().Select(folder => Path.Combine(folder, LibraryFile)).FirstOrDefault(File.Exists)
            ?? throw new TorchNativeException(
                $"{LibraryFile} lies in none of {string.Join(", ", SearchFolders())}. "
                + "Build for runtime identifier linux-x64 with the TorchSharp package.");
        try
        {
            var copy = NativeLibraryCache.ForCurrentUser().GetOrAdd(
                original, "libstdcxx1", content => SymbolVersionPatch.Apply(content, original, MissingVersion, MissingSymbol));
            LoadDependencies(original);
            return NativeLibrary.Load(copy);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or DllNotFoundException or BadImageFormatException)
        {
            throw new TorchNativeException(
                $"{original} cannot be adapted to this system's C++ runtime: {error.Message} "
                + "Set QAT_HOME to a folder that can be written, or install a libstdc++ of GCC 13 or later.", error);
        }
    }

    // The copy lies apart from the libraries it needs; the loader finds those already loaded by name.
    private static void LoadDependencies(string original)
    {
        var folder = Path.GetDirectoryName(original)!;
        foreach (var name in new ElfImage(File.ReadAllBytes(original), original).Needed)
        {
            // Where each package keeps its own native folder, a needed library does not lie beside the original.
            if (SearchFolders().Prepend(folder).Select(at => Path.Combine(at, name)).FirstOrDefault(File.Exists) is { } path)
            {
                NativeLibrary.Load(path);
            }
        }
    }

    private static IEnumerable<string> SearchFolders()
    {
        var probed = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries);
        var managed = Path.GetDirectoryName(typeof(torch).Assembly.Location);
        string?[] folders = [.. probed, AppContext.BaseDirectory, managed];
        return folders.OfType<string>()
            .Where(folder => folder.Length > 0)
            .SelectMany(folder => new[] { folder, Path.Combine(folder, "runtimes", "linux-x64", "native") })
            .Distinct();
    }
}
