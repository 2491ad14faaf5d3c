namespace QatPipeline.Contracts.Specification;

/// <summary>What <see cref="BuildSpecification.Machine"/> can be besides the file of a profile.</summary>
public static class MachineNames
{
    /// <summary>The shipped profile that fits the instructions of the processor at hand.</summary>
    public const string Auto = "auto";

    /// <summary>The profile measured on the machine at hand.</summary>
    public const string Here = "here";

    /// <summary>The shipped profile of processors with AVX2 and without VNNI.</summary>
    public const string Avx2 = "avx2";

    /// <summary>The shipped profile of processors with AVX-512 and VNNI.</summary>
    public const string Avx512Vnni = "avx512-vnni";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Auto, Here, Avx2, Avx512Vnni];
}
