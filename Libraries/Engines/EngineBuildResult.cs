namespace QatPipeline.Engines;

/// <summary>How a build ended.</summary>
public enum EngineBuildStatus
{
    /// <summary>The engines are there.</summary>
    Built,

    /// <summary>This machine cannot build them; the files and the command line for one that can are there.</summary>
    Delivered,
}

/// <summary>An engine file.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Batch">The batch it was built for, or null if it takes any.</param>
public sealed record EngineFile(string Path, int? Batch);

/// <summary>What a build gave.</summary>
public sealed record EngineBuildResult
{
    /// <summary>Built here or delivered.</summary>
    public required EngineBuildStatus Status { get; init; }

    /// <summary>The back end, its version and its settings, for the report.</summary>
    public required string Builder { get; init; }

    /// <summary>The engines; for a delivery, the files another machine will make.</summary>
    public required IReadOnlyList<EngineFile> Engines { get; init; }

    /// <summary>Everything the build needs or wrote besides engines: models, caches, logs.</summary>
    public IReadOnlyList<string> OtherFiles { get; init; } = [];

    /// <summary>The command lines that build the engines, one an engine; empty for a back end inside this process.</summary>
    public IReadOnlyList<string> CommandLines { get; init; } = [];

    /// <summary>Timings taken while building.</summary>
    public IReadOnlyList<EngineTiming> Timings { get; init; } = [];

    /// <summary>What a reader should know: why a delivery was made, what a back end warned of.</summary>
    public string Remark { get; init; } = "";
}
