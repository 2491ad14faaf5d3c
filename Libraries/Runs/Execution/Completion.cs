using QatPipeline.Contracts.V1;

namespace QatPipeline.Runs.Execution;

/// <summary>The end of a run, recorded once.</summary>
/// <param name="Event">What is told.</param>
/// <param name="Announced">Whether it was told.</param>
public sealed record Completion(PipelineCompleted Event, bool Announced);
