using System.Text.Json;
using QatPipeline.Contracts;

namespace QatPipeline.Pipeline.Execution;

/// <summary>
/// What a finished execution of a stage took, gave and measured: committed once under its key, and the only place where times, hosts
/// and timings are kept.
/// </summary>
public sealed record StageRecord
{
    public required string Key { get; init; }

    public required string Stage { get; init; }

    public required int Version { get; init; }

    /// <summary>The run that did the work; others with the same key reuse it.</summary>
    public required string RunId { get; init; }

    public required JsonElement Configuration { get; init; }

    public required IReadOnlyList<ArtifactReference> Inputs { get; init; }

    public required IReadOnlyList<ArtifactReference> Outputs { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Measurements { get; init; }

    public required string Host { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required DateTimeOffset Finished { get; init; }

    /// <summary>W3C trace context of the execution's span, for links from runs that reuse it.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A stage's record, and whether it was found rather than made.</summary>
public sealed record StageResult(StageRecord Record, bool Reused);

/// <summary>In a run's folder: the execution it took for a stage.</summary>
/// <param name="Announced">Whether the stage's event was published: a repeated delivery then does nothing.</param>
public sealed record RunStageLink(string Stage, string Key, bool Reused, bool Announced, DateTimeOffset Linked);
