using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using QatPipeline.Foundation.Natives;

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

    /// <summary>LibTorch with TorchSharp's part of it; its version names the device and the number of threads.</summary>
    public static NativeComponent Component { get; } = new("LibTorch", () =>
    {
        _ = EnsureLoaded() ? Library.Value : NativeFile.Load(NativeFile.Find(LibraryFile, typeof(torch).Assembly));
        using var one = torch.ones(1);
        return $"{torch.__version__}, {(torch.cuda.is_available() ? "CUDA" : "CPU")}, {torch.get_num_threads()} threads";
    });

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
        var original = NativeFile.Find(LibraryFile, typeof(torch).Assembly);
        LoadDependencies(original);
        try
        {
            return NativeFile.Load(NativeLibraryCache.ForCurrentUser().GetOrAdd(
                original, "libstdcxx1", content => SymbolVersionPatch.Apply(content, original, MissingVersion, MissingSymbol)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NativeLibraryException(
                $"{original} cannot be adapted to this system's C++ runtime: {error.Message} "
                + "Set QAT_HOME to a folder that can be written, or install a libstdc++ of GCC 13 or later.", error);
        }
    }

    // The copy lies apart from the libraries it needs; the loader finds those already loaded by name.
    private static void LoadDependencies(string original)
    {
        var folders = NativeFile.SearchFolders(typeof(torch).Assembly).Prepend(Path.GetDirectoryName(original)!).ToArray();
        foreach (var name in new ElfImage(File.ReadAllBytes(original), original).Needed)
        {
            // Where each package keeps its own native folder, a needed library does not lie beside the original.
            if (folders.Select(at => Path.Combine(at, name)).FirstOrDefault(File.Exists) is { } path)
            {
                NativeFile.Load(path);
            }
        }
    }
}
