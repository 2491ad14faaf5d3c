using System.Globalization;

namespace QatPipeline.Cli.Doctor;

/// <summary>Space where the current folder is, since runs write below it.</summary>
internal sealed class DiskCheck : IMachineCheck
{
    private const double LeastGiB = 1;

    private const string Name = "disk";

    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Environment.CurrentDirectory;
        var free = new DriveInfo(folder).AvailableFreeSpace / (double)(1 << 30);
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free:0.0} GiB free at {folder}");
        return Task.FromResult(free >= LeastGiB
            ? Finding.Found(Name, detail, Finding.EveryRun)
            : Finding.Missing(Name, detail, Finding.EveryRun, $"free {LeastGiB} GiB, or name another place with --out"));
    }
}
