using QatPipeline.Foundation;

namespace QatPipeline.Runs.Execution;

/// <summary>A folder of one stage execution, or of a rank's. What a killed process left behind is swept when the next one is created.</summary>
public sealed class ScratchSpace : IDisposable
{
    private const string LockFolder = ".locks";

    private readonly FileLock _owner;

    private ScratchSpace(string folder, FileLock owner)
    {
        Folder = folder;
        _owner = owner;
    }

    /// <summary>It is there until this is disposed.</summary>
    public string Folder { get; }

    /// <summary>A new folder, empty.</summary>
    /// <param name="root">Folder of such folders only.</param>
    public static ScratchSpace Create(string root)
    {
        Directory.CreateDirectory(root);
        Sweep(root);
        var folder = Path.Combine(root, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(root, LockFolder));
        var owner = FileLock.TryTake(LockOf(root, folder)) ?? throw new IOException($"Cannot lock the new folder {folder}.");
        Directory.CreateDirectory(folder);
        return new ScratchSpace(folder, owner);
    }

    /// <summary>Deletes the folder.</summary>
    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        _owner.Dispose();
        File.Delete(LockOf(Path.GetDirectoryName(Folder)!, Folder));
    }

    private static string LockOf(string root, string folder) => Path.Combine(root, LockFolder, Path.GetFileName(folder));

    // A folder's lock is taken before the folder appears and freed by the system when its process ends.
    private static void Sweep(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root).Where(path => Path.GetFileName(path)[0] != '.'))
        {
            using var abandoned = FileLock.TryTake(LockOf(root, folder));
            if (abandoned is not null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
                File.Delete(LockOf(root, folder));
            }
        }
    }
}
