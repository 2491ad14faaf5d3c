using System.Text.Json;
using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// What a finished execution of a stage took, gave and measured: committed once under its key, and the only place where times, hosts
/// and timings are kept.
/// </summary>
public sealed record StageRecord
{
    /// <summary>Identity of the work: see <see cref="StageKey"/>.</summary>
    public required string Key { get; init; }

    /// <summary>One of <see cref="StageNames"/>.</summary>
    public required string Stage { get; init; }

    /// <summary>Version of the stage's code that did the work.</summary>
    public required int Version { get; init; }

    /// <summary>The run that did the work; others with the same key reuse it.</summary>
    public required string RunId { get; init; }

    /// <summary>What of the specification went into the key.</summary>
    public required JsonElement Configuration { get; init; }

    /// <summary>What the execution read, by digest.</summary>
    public required IReadOnlyList<ArtifactReference> Inputs { get; init; }

    /// <summary>What it gave, by digest.</summary>
    public required IReadOnlyList<ArtifactReference> Outputs { get; init; }

    /// <summary>What may differ between identical executions, by the name the stage measured it under.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Measurements { get; init; }

    /// <summary>The machine that did the work.</summary>
    public required string Host { get; init; }

    /// <summary>How many processes shared the work.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>When the execution began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its outputs were stored.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>W3C trace context of the execution's span, for links from runs that reuse it.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A stage's record, and whether it was found rather than made.</summary>
public sealed record StageResult(StageRecord Record, bool Reused);

/// <summary>In a run's folder: the execution it took for a stage.</summary>
/// <param name="Announced">Whether the stage's event was published: a repeated delivery then does nothing.</param>
/// <param name="Stage">One of <see cref="StageNames"/>.</param>
/// <param name="Key">Key of the stage's record.</param>
/// <param name="Reused">Whether the record was there before the run needed it.</param>
/// <param name="Linked">When the run took the execution.</param>
public sealed record RunStageLink(string Stage, string Key, bool Reused, bool Announced, DateTimeOffset Linked);
