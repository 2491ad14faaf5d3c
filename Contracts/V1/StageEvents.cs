using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Contracts.V1;

/// <summary>A run is requested. Also accepted as plain JSON on the exchange <see cref="PipelineTopology.TriggerExchange"/>.</summary>
public sealed record PipelineRequested(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;

/// <summary>The data sets are validated and indexed.</summary>
public sealed record DatasetPrepared(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;

/// <summary>Ranges are collected and the post-training quantized graph is there.</summary>
public sealed record ModelCalibrated(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;

/// <summary>A training is done: <paramref name="Stage"/> says whether <c>train-float</c> or <c>qat</c>.</summary>
public sealed record ModelTrained(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts, string Stage) : IPipelineEvent;

/// <summary>The ONNX forms are written and checked.</summary>
public sealed record GraphOptimized(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;

/// <summary>The engines are built and timed.</summary>
public sealed record EngineBuilt(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;

/// <summary>Every variant is evaluated; only the report is left.</summary>
public sealed record ModelEvaluated(
    string RunId, RunSpecification Specification, IReadOnlyList<ArtifactReference> Artifacts) : IPipelineEvent;
