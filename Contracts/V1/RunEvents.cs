using QatPipeline.Contracts.Artifacts;

namespace QatPipeline.Contracts.V1;

/// <summary>A stage tells how far it is. Sent at most about twice a second, and may be lost.</summary>
public sealed record StageProgressed(
    string RunId,
    string Stage,
    string Activity,
    long Done,
    long Total,
    IReadOnlyDictionary<string, double> Figures,
    DateTimeOffset At);

/// <summary>A stage cannot do its work; the run ends.</summary>
/// <param name="Stage">The stage, or an empty text where the request itself was not understood.</param>
/// <param name="Message">What is wrong: file, field or node included.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="ErrorType">Kind of error, for programs.</param>
/// <param name="RunId">The run that ends.</param>
/// <param name="At">When the stage gave up.</param>
public sealed record StageFailed(
    string RunId, string Stage, string Message, string Remedy, string ErrorType, DateTimeOffset At);

/// <summary>The run is to stop; the service working on it stops.</summary>
public sealed record PipelineCancelled(string RunId, string Reason, DateTimeOffset At);

/// <summary>The run is finished. Recorded once; delivered at least once, always with the same message id.</summary>
public sealed record PipelineCompleted(
    string RunId, string Name, IReadOnlyList<ArtifactReference> Artifacts, DateTimeOffset At);

/// <summary>A trigger that was not understood, as it came, and why.</summary>
public sealed record RejectedTrigger(string Content, string Reason, DateTimeOffset At);
