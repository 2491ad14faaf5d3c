using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Contracts.V1;

/// <summary>
/// An event that moves a run on: who publishes it with the artifacts the next stage needs starts the pipeline from there.
/// </summary>
public interface IPipelineEvent
{
    /// <summary>Name of the run: up to 64 letters, digits and <c>. _ - +</c>.</summary>
    string RunId { get; }

    /// <summary>What the run does, with absolute paths; the same in every event of the run.</summary>
    RunSpecification Specification { get; }

    /// <summary>Everything the stages so far gave, one per name.</summary>
    IReadOnlyList<ArtifactReference> Artifacts { get; }
}
