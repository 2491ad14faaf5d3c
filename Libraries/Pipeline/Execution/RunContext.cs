using QatPipeline.Contracts;

namespace QatPipeline.Pipeline.Execution;

/// <summary>The run a stage executes for.</summary>
public sealed record RunContext(string RunId, RunSpecification Specification);
