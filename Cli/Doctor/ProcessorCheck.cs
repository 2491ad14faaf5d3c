using System.Globalization;
using System.Runtime.InteropServices;

namespace QatPipeline.Cli.Doctor;

/// <summary>The processor, and what of it makes integer kernels fast.</summary>
internal sealed class ProcessorCheck(string informationFile = "/proc/cpuinfo") : IMachineCheck
{
    private const string Name = "processor";

    // As Linux names them, with the names that people know.
    private static readonly (string Flag, string Name)[] Features =
        [("avx2", "AVX2"), ("avx512bw", "AVX-512"), ("avx_vnni", "AVX-VNNI"), ("avx512_vnni", "AVX512-VNNI")];

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux())
        {
            return Finding.Missing(
                Name, RuntimeInformation.RuntimeIdentifier, Finding.EveryRun, "use a machine with Linux on an x64 processor");
        }

        var lines = await File.ReadAllLinesAsync(informationFile, cancellationToken);
        var flags = Value(lines, "flags").Split(' ').ToHashSet();
        string[] features = [.. Features.Where(feature => flags.Contains(feature.Flag)).Select(feature => feature.Name)];
        var remark = features.Any(feature => feature.EndsWith("VNNI", StringComparison.Ordinal))
            ? ""
            : "; without VNNI, INT8 gains less and weights have 7 bits";
        return Finding.Found(
            Name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Value(lines, "model name")}, {Environment.ProcessorCount} cores, {string.Join(", ", features)}{remark}"),
            Finding.EveryRun);
    }

    private static string Value(string[] lines, string key) =>
        lines.FirstOrDefault(line => line.Split(':')[0].Trim() == key)?.Split(':', 2)[1].Trim() ?? "";
}
