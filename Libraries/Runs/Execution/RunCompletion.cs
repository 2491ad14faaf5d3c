using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;

namespace QatPipeline.Runs.Execution;

/// <summary>In a run's folder: that it is complete.</summary>
/// <param name="Event">What was, or is to be, published.</param>
/// <param name="Announced">Whether it was: a repeated delivery then does nothing.</param>
/// <param name="Files">The report's files by digest; null where the version that wrote them kept none.</param>
public sealed record RunCompletion(PipelineCompleted Event, bool Announced, IReadOnlyList<ArtifactReference>? Files = null);
