namespace QatPipeline.Contracts.Specification;

/// <summary>Engine building and timing.</summary>
public sealed record BuildSpecification
{
    /// <summary>Batch sizes, in images, that engines are timed at.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 32];

    /// <summary>Threads of the CPU engine; 0 takes the physical cores.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>
    /// The machine that will run the engine, as what its kernels cost: <c>auto</c>, the shipped profile that fits this processor's
    /// instructions; <c>avx2</c> or <c>avx512-vnni</c>, a shipped one by name; <c>here</c>, the one measured on this machine; or the file
    /// of one. Placement, estimates, <c>partial.minSpeedup</c> and the bits of weights follow it.
    /// </summary>
    [FilePath(MachineNames.Auto, MachineNames.Here, MachineNames.Avx2, MachineNames.Avx512Vnni)]
    public string Machine { get; init; } = MachineNames.Auto;

    /// <summary>Untimed work before each timing, in milliseconds.</summary>
    [Range(0, 600_000)]
    public int WarmUpMilliseconds { get; init; } = 500;

    /// <summary>Length of each timing, in milliseconds.</summary>
    [Range(1, 600_000)]
    public int DurationMilliseconds { get; init; } = 3000;

    /// <summary>Path of trtexec; null searches PATH.</summary>
    [FilePath]
    public string? Trtexec { get; init; }

    /// <summary>
    /// How TensorRT learns the ranges: <c>explicit</c> from Q/DQ nodes, <c>implicit</c> from a calibration cache (up to version 10),
    /// <c>auto</c> the first from 8.4 on and the second before.
    /// </summary>
    [AllowedValues("auto", "explicit", "implicit")]
    public string Route { get; init; } = "auto";

    /// <summary>Batch sizes whose TensorRT engines are evaluated; an empty list takes all.</summary>
    public IReadOnlyList<int> ApBatches { get; init; } = [];
}
