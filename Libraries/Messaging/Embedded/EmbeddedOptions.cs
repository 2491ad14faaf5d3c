using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Embedded;

/// <summary>What an embedded run may be given besides its specification.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Name of the run; null makes one from the specification's name and the time.</summary>
    public string? RunId { get; init; }

    /// <summary>Ends the run after this stage; null runs to the report. Stages after it need not be given.</summary>
    public string? LastStage { get; init; }

    /// <summary>The order of the stages.</summary>
    public StageTable Stages { get; init; } = StageTable.Standard;

    /// <summary>Written at the end of the run; null leaves the report away.</summary>
    public IRunReport? Report { get; init; }

    /// <summary>Takes the logs of stages and bus; null drops them.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>How an embedded run ended.</summary>
/// <param name="RunId">The run's name in the store.</param>
/// <param name="Stages">The stages that finished, in order, with what they gave and measured.</param>
/// <param name="Artifacts">All artifacts by name; empty where the run failed.</param>
/// <param name="Failure">Null where the run succeeded.</param>
public sealed record EmbeddedRun(
    string RunId, IReadOnlyList<StageResult> Stages, IReadOnlyList<ArtifactReference> Artifacts, RunFailure? Failure);
