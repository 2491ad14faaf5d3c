using System.Globalization;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>The most memory that a process has held since this was made, beyond what it held then.</summary>
public sealed class ProcessMemory
{
    private readonly string _folder;
    private readonly long _before;

    /// <param name="id">The process; by default this one.</param>
    public ProcessMemory(int? id = null)
    {
        _folder = $"/proc/{id ?? Environment.ProcessId}";

        // Sets the peak back to what is held now (proc_pid_clear_refs(5)).
        File.WriteAllText(Path.Combine(_folder, "clear_refs"), "5");
        _before = Read("VmRSS:");
    }

    /// <summary>Growth until now in MiB.</summary>
    public long Growth => (Read("VmRSS:") - _before) >> 10;

    /// <summary>Growth to the peak in MiB.</summary>
    public long PeakGrowth => (Read("VmHWM:") - _before) >> 10;

    private long Read(string field) => long.Parse(
        File.ReadLines(Path.Combine(_folder, "status")).First(line => line.StartsWith(field, StringComparison.Ordinal))
            [field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
        CultureInfo.InvariantCulture);
}
