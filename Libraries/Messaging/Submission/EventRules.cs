using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Messaging.Submission;

/// <summary>What an event must keep to, whoever published it: anything may come from the broker.</summary>
internal static class EventRules
{
    /// <summary>Checks run id, specification and artifact references.</summary>
    /// <exception cref="StageInputException">The run id is invalid, or the list of artifacts is missing.</exception>
    /// <exception cref="SpecificationException">The specification breaks a rule.</exception>
    /// <exception cref="ArtifactException">An artifact has an unsafe name, or an invalid digest.</exception>
    public static void Check(IPipelineEvent pipelineEvent, StageTable stages)
    {
        CheckRunId(pipelineEvent.RunId);
        if (pipelineEvent is not PipelineRequested && stages.Completed(pipelineEvent) is null)
        {
            throw new StageInputException(
                $"No stage gives this {pipelineEvent.GetType().Name} event: let it name one of "
                + $"{string.Join(", ", stages.Rows.Select(row => row.Name))}.");
        }

        SpecificationRules.Check(pipelineEvent.Specification, $"the {pipelineEvent.GetType().Name} event");
        CheckArtifacts(pipelineEvent.Artifacts);
    }

    /// <summary>Checks the names and digests of artifacts.</summary>
    /// <exception cref="StageInputException">The list is missing.</exception>
    /// <exception cref="ArtifactException">An artifact has an unsafe name, or an invalid digest.</exception>
    public static void CheckArtifacts(IReadOnlyList<ArtifactReference>? artifacts)
    {
        foreach (var artifact in artifacts
            ?? throw new StageInputException("The event's list of artifacts is missing: send an empty one."))
        {
            BlobNames.FileName(artifact?.Name ?? "");
            BlobNames.Digest(artifact!.Sha256 ?? "");
        }
    }

    /// <summary>Checks the name of a run.</summary>
    /// <exception cref="StageInputException">The name is invalid.</exception>
    public static void CheckRunId(string? runId)
    {
        if (!RunId.IsValid(runId))
        {
            throw new StageInputException(
                $"'{runId}' is not a valid run id: use up to 64 letters, digits and . _ - +, not starting with a dot.");
        }
    }
}
