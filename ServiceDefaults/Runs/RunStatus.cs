using QatPipeline.Contracts;

namespace QatPipeline.ServiceDefaults.Runs;

/// <summary>Where a run stands, as kept in its folder and shown to people.</summary>
public sealed record RunStatus
{
    public required string RunId { get; init; }

    /// <summary>Name of the specification.</summary>
    public string Name { get; init; } = "";

    public RunState State { get; init; }

    public DateTimeOffset Requested { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>The stages the specification includes, in order.</summary>
    public IReadOnlyList<StageStatus> Stages { get; init; } = [];

    public IReadOnlyList<ArtifactReference> Artifacts { get; init; } = [];

    public RunFailure? Failure { get; init; }

    /// <summary>Hexadecimal id of the run's trace.</summary>
    public string? TraceId { get; init; }

    /// <summary>Whether nothing more will happen.</summary>
    public bool IsFinal => State is RunState.Completed or RunState.Failed or RunState.Cancelled;
}

/// <summary>States of a run.</summary>
public enum RunState
{
    Requested,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// <summary>Where a stage of a run stands.</summary>
public sealed record StageStatus(
    string Stage,
    StageState State,
    string Activity,
    long Done,
    long Total,
    IReadOnlyDictionary<string, double> Figures);

/// <summary>States of a stage.</summary>
public enum StageState
{
    Waiting,
    Running,
    Completed,
    Failed,
}

/// <summary>Why a run ended and what to do.</summary>
public sealed record RunFailure(string Stage, string Message, string Remedy, string ErrorType);
