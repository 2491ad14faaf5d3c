using System.Security.Cryptography;
using QatPipeline.Foundation;

namespace QatPipeline.Torch.Native;

/// <summary>Adapted native libraries, in a folder of this user only, each named by the digest of the file that it was made from.</summary>
internal sealed class NativeLibraryCache(string root)
{
    public static NativeLibraryCache ForCurrentUser() => new(Path.Combine(UserFolders.Cache, "native"));

    /// <summary>
    /// The adapted copy of <paramref name="original"/>, made by <paramref name="adapt"/> if it is not there yet. Safe with several
    /// processes at once: each writes a file of its own and renames it into place.
    /// </summary>
    public string GetOrAdd(string original, string adaptation, Func<byte[], byte[]> adapt)
    {
        var content = File.ReadAllBytes(original);
        var folder = Path.Combine(root, $"{Convert.ToHexStringLower(SHA256.HashData(content))}-{adaptation}");
        var target = Path.Combine(folder, Path.GetFileName(original));
        if (File.Exists(target))
        {
            return target;
        }

        CreateFolder(folder);
        AtomicFile.Write(target, adapt(content));
        return target;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // What is loaded into the process must not be writable by other users.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
