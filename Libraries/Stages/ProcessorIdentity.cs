using System.Runtime.Intrinsics.X86;

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
            (Name: "avx-vnni", Has: AvxVnni.IsSupported),
        }.Where(feature => feature.Has).Select(feature => feature.Name)
            .Prepend(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString()));
}
