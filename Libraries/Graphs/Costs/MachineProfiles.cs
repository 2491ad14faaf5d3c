using QatPipeline.Foundation;

namespace QatPipeline.Graphs.Costs;

/// <summary>The profiles that ship with the project.</summary>
public static class MachineProfiles
{
    /// <summary>Processors with AVX2 and without 8-bit dot products.</summary>
    public static MachineProfile Avx2 { get; } = Load("avx2");

    /// <summary>Processors with AVX-512 and its 8-bit dot products.</summary>
    public static MachineProfile Avx512Vnni { get; } = Load("avx512-vnni");

    /// <summary>Both.</summary>
    public static IReadOnlyList<MachineProfile> Shipped { get; } = [Avx2, Avx512Vnni];

    /// <summary>The shipped profile that fits this processor's instructions: the same on all machines of a kind.</summary>
    public static MachineProfile OfThisProcessor { get; } = ProcessorFeatures.HasDotProducts ? Avx512Vnni : Avx2;

    private static MachineProfile Load(string name)
    {
        using var resource = typeof(MachineProfiles).Assembly.GetManifestResourceStream($"{name}.json")!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return MachineProfile.Read(content.ToArray(), name);
    }
}
