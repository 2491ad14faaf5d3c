using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Runs.Tracking;

/// <summary>Where a run stands, as kept in its folder and shown to people.</summary>
public sealed record RunStatus
{
    /// <summary>Names the run's folder and is part of every message about it.</summary>
    public required string RunId { get; init; }

    /// <summary>Name of the specification.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of the run as a whole; what each stage does is in <see cref="Stages"/>.</summary>
    public RunState State { get; init; }

    /// <summary>The service without which the run does not go on; null where none is missing.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>When the first message about the run was seen, in UTC.</summary>
    public DateTimeOffset Requested { get; init; }

    /// <summary>When it was completed, failed or cancelled, in UTC; null before.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>The stages the specification includes, in order.</summary>
    public IReadOnlyList<StageStatus> Stages { get; init; } = [];

    /// <summary>What the stages have produced so far, by digest.</summary>
    public IReadOnlyList<ArtifactReference> Artifacts { get; init; } = [];

    /// <summary>Why it failed or was cancelled; null otherwise.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>Hexadecimal id of the run's trace.</summary>
    public string? TraceId { get; init; }

    /// <summary>Whether nothing more will happen.</summary>
    public bool IsFinal => State is RunState.Completed or RunState.Failed or RunState.Cancelled;
}

/// <summary>States of a run, in the order it may go through them.</summary>
public enum RunState
{
    /// <summary>Accepted; no stage has reported anything yet.</summary>
    Requested,

    /// <summary>
    /// No process of the service <see cref="RunStatus.WaitingFor"/> is there to go on with it. Never kept: it is how a run is shown.
    /// </summary>
    Waiting,

    /// <summary>A stage has reported progress or is done.</summary>
    Running,

    /// <summary>All stages are done and the report is written; stays so whatever comes late.</summary>
    Completed,

    /// <summary>A stage gave up; <see cref="RunStatus.Failure"/> says why and what to do.</summary>
    Failed,

    /// <summary>Somebody stopped it; what is done is kept and reused when it is submitted again.</summary>
    Cancelled,
}

/// <summary>Where a stage of a run stands.</summary>
/// <param name="Stage">The stage's name, <c>calibrate</c> for one.</param>
/// <param name="State">Its state.</param>
/// <param name="Activity">What it does at the moment, in words; empty before it starts.</param>
/// <param name="Done">Steps of the activity that are done.</param>
/// <param name="Total">Steps of the activity; 0 where that is not known.</param>
/// <param name="Figures">Its latest measurements by name: losses, rates.</param>
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
    /// <summary>For the stage before it, or for a free worker.</summary>
    Waiting,

    /// <summary>It has reported progress.</summary>
    Running,

    /// <summary>Its artifacts are stored, made now or found in the cache.</summary>
    Completed,

    /// <summary>It gave up, after the retries that its kind of failure deserves.</summary>
    Failed,
}

/// <summary>Why a run ended and what to do.</summary>
/// <param name="Stage">The stage that failed; empty when the run was cancelled or could not be started.</param>
/// <param name="Message">What happened, for people.</param>
/// <param name="Remedy">What to do about it, for people.</param>
/// <param name="ErrorType">The kind of failure, for programs.</param>
public sealed record RunFailure(string Stage, string Message, string Remedy, string ErrorType);
