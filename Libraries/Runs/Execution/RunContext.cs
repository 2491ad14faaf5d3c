using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Execution;

/// <summary>The run a stage executes for.</summary>
public sealed record RunContext(string RunId, RunSpecification Specification);
