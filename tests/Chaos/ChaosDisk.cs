namespace QatPipeline.Chaos;

/// <summary>A small file system of its own, which can be filled and made read-only. Mounting takes root.</summary>
internal sealed class ChaosDisk : IDisposable
{
    // The emulator gives back the room of what is overwritten minutes later: the runs alone take more than 128.
    private const int Megabytes = 2048;

    private readonly string _folder;

    private ChaosDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Mounts one at the folder; null where that is not allowed.</summary>
    public static ChaosDisk? TryMount(string folder)
    {
        Directory.CreateDirectory(folder);
        return Environment.IsPrivilegedProcess && Shell.Run($"mount -t tmpfs -o size={Megabytes}m tmpfs {folder}")
            ? new ChaosDisk(folder)
            : null;
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        try
        {
            using var file = File.Create(Filler);
            var block = new byte[1 << 16];
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Filler);

    /// <summary>Whether the files can be written. It cannot be changed while one is open for writing.</summary>
    public bool TryMakeReadOnly() => Shell.Run($"mount -o remount,ro {_folder}");

    public void MakeWritable() => Shell.Run($"mount -o remount,rw {_folder}");

    public void Dispose() => Shell.Run($"umount -l {_folder}");
}
