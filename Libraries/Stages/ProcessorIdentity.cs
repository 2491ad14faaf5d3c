using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using QatPipeline.Foundation;

namespace QatPipeline.Stages;

/// <summary>What of the processor decides which kernels an engine is built for.</summary>
internal static class ProcessorIdentity
{
    public static string Name { get; } = string.Join(
        '+',
        new[]
        {
            (Name: "avx2", Has: Avx2.IsSupported),
            (Name: "avx512", Has: Avx512BW.IsSupported),
            (Name: "avx512-vnni", Has: ProcessorFeatures.HasAvx512Vnni),
            (Name: "avx-vnni", Has: AvxVnni.IsSupported),
        }.Where(feature => feature.Has).Select(feature => feature.Name)
            .Prepend(RuntimeInformation.ProcessArchitecture.ToString()));
}
