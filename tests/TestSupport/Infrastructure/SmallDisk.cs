using System.Diagnostics;
using System.Globalization;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>A disk in memory that is soon full. Only the superuser can mount it.</summary>
public sealed class SmallDisk : IDisposable
{
    public const string SkipReason = "needs the right to mount a file system";

    private readonly ScratchFolder _parent = new();

    private SmallDisk()
    {
    }

    public string Folder => Directory.CreateDirectory(_parent.PathOf("disk")).FullName;

    /// <summary>Mounts a disk of that many bytes, or gives null where that is not allowed.</summary>
    public static SmallDisk? TryMount(long bytes)
    {
        var disk = new SmallDisk();
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", Size(bytes), "tmpfs", disk.Folder) == 0)
        {
            return disk;
        }

        disk._parent.Dispose();
        return null;
    }

    /// <summary>Makes room.</summary>
    public void Resize(long bytes)
    {
        if (Run("mount", "-o", "remount," + Size(bytes), Folder) != 0)
        {
            throw new InvalidOperationException($"cannot resize {Folder}");
        }
    }

    public void Dispose()
    {
        // Lazily: a killed process may still be letting go of its files.
        _ = Run("umount", "--lazy", Folder);
        _parent.Dispose();
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"size={bytes}");

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
