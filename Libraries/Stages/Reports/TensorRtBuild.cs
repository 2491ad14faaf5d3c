using QatPipeline.Engines;

namespace QatPipeline.Stages.Reports;

/// <summary>tensorrt-build.json: the TensorRT engines of a run, built here or to be built elsewhere.</summary>
public sealed record TensorRtBuild
{
    /// <summary>Built here, or delivered for a machine that has TensorRT.</summary>
    public required EngineBuildStatus Status { get; init; }

    /// <summary>What built them: TensorRT's version; what is missing where it is a delivery.</summary>
    public required string Builder { get; init; }

    /// <summary>How TensorRT learned the ranges: <c>auto</c>, <c>explicit</c> or <c>implicit</c>.</summary>
    public required string Route { get; init; }

    /// <summary>What the builder remarked of the quantized network.</summary>
    public required string Remark { get; init; }

    /// <summary>The engines.</summary>
    public required IReadOnlyList<TensorRtEngineFile> Engines { get; init; }
}

/// <summary>One engine.</summary>
/// <param name="Variant">See <see cref="TensorRtEngineName.Variant"/>.</param>
/// <param name="File">Name of the engine.</param>
/// <param name="Models">SHA-256 of the models that it is, or may be, built from.</param>
/// <param name="Command">The command line that built it; null where it was not built here.</param>
/// <param name="Missing">Why there is no such engine; null where there is, or where it is to be built elsewhere.</param>
public sealed record TensorRtEngineFile(
    string Variant, string File, IReadOnlyList<string> Models, string? Command, string? Missing);
