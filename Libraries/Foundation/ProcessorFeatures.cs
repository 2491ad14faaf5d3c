using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace QatPipeline.Foundation;

/// <summary>What of this processor decides how 8-bit products are added.</summary>
public static class ProcessorFeatures
{
    private const string InformationFile = "/proc/cpuinfo";

    // Intel's manual of instructions, CPUID: leaf 7, sub-leaf 0, ECX bit 11 is AVX512_VNNI.
    private const int FeatureLeaf = 7, Avx512VnniBit = 11;

    /// <summary>The processor's own name, where the system tells it; else its architecture.</summary>
    public static string Name { get; } = ReadName() ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>True where AVX-512 adds four 8-bit products in 32 bits in one instruction.</summary>
    public static bool HasAvx512Vnni { get; } = X86Base.IsSupported
        && Avx512BW.IsSupported
        && X86Base.CpuId(0, 0).Eax >= FeatureLeaf
        && ((X86Base.CpuId(FeatureLeaf, 0).Ecx >> Avx512VnniBit) & 1) != 0;

    /// <summary>True where any instruction does: sums of 8-bit products then never saturate.</summary>
    public static bool HasDotProducts { get; } = HasAvx512Vnni || AvxVnni.IsSupported;

    // The file has lines such as "model name      : AMD EPYC 7B13".
    private static string? ReadName() => File.Exists(InformationFile)
        ? File.ReadLines(InformationFile)
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        : null;
}
