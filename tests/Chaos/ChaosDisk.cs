using System.Diagnostics;

namespace QatPipeline.Chaos;

/// <summary>A small file system of its own, which can be filled and made read-only. Mounting takes root.</summary>
internal sealed class ChaosDisk : IDisposable
{
    private const int Megabytes = 128;

    private readonly string _folder;

    private ChaosDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Mounts one at the folder; null where that is not allowed.</summary>
    public static ChaosDisk? TryMount(string folder)
    {
        Directory.CreateDirectory(folder);
        return Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m", "tmpfs", folder)
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
    public bool TryMakeReadOnly() => Run("mount", "-o", "remount,ro", _folder);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", _folder);

    public void Dispose() => Run("umount", "-l", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
