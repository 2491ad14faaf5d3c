using System.Globalization;

namespace QatPipeline.Cli.Doctor;

/// <summary>Memory that processes can still have.</summary>
internal sealed class MemoryCheck(string informationFile = "/proc/meminfo") : IMachineCheck
{
    /// <summary>Enough for the demo; a detector of 640 pixels trains in about 4 GiB.</summary>
    private const double LeastGiB = 1;

    private const string Name = "memory";

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(informationFile, cancellationToken);
        var (free, total) = (GiB(lines, "MemAvailable:"), GiB(lines, "MemTotal:"));
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free:0.0} of {total:0.0} GiB free");
        return free >= LeastGiB
            ? Finding.Found(Name, detail, Finding.EveryRun)
            : Finding.Missing(Name, detail, Finding.EveryRun, $"close other programs: {LeastGiB} GiB is the least that a run needs");
    }

    // A line: "MemAvailable:   12345678 kB".
    private static double GiB(string[] lines, string key)
    {
        var line = Array.Find(lines, candidate => candidate.StartsWith(key, StringComparison.Ordinal)) ?? $"{key} 0 kB";
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / (1 << 20);
    }
}
