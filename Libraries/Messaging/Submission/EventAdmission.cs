using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Foundation;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Messaging.Submission;

/// <summary>
/// The one rule for every door: whether an event may act on the run that it names. Anything may come from the broker, and an event that
/// is refused leaves no trace in the store.
/// </summary>
public sealed class EventAdmission(StageTable stages, RunFolder runs, IBlobStore blobs, DataRoots roots, TrainingHosts hosts)
{
    /// <summary>Lets the event in, and keeps the specification of a run that is new.</summary>
    /// <exception cref="EventRefusedException">It breaks a rule; the inner exception says which.</exception>
    public async Task AdmitAsync(IPipelineEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            Check(happened);
            await RequireTruthAsync(happened, cancellationToken);
            await ClaimAsync(happened, cancellationToken);
        }
        catch (InputException exception) when (exception is not EventRefusedException)
        {
            throw new EventRefusedException(exception);
        }
    }

    /// <summary>Checks the names and digests of artifacts.</summary>
    /// <exception cref="StageInputException">The list is missing.</exception>
    /// <exception cref="ArtifactException">An artifact has an unsafe name, or an invalid digest.</exception>
    internal static void CheckArtifacts(IReadOnlyList<ArtifactReference>? artifacts)
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
    internal static void CheckRunId(string? runId)
    {
        if (!RunId.IsValid(runId))
        {
            throw new StageInputException(
                $"'{runId}' is not a valid run id: use up to 64 letters, digits and . _ - +, not starting with a dot.");
        }
    }

    private void Check(IPipelineEvent happened)
    {
        CheckRunId(happened.RunId);
        if (happened is not PipelineRequested && stages.Completed(happened) is null)
        {
            throw new StageInputException(
                $"No stage gives this {happened.GetType().Name} event: let it name one of "
                + $"{string.Join(", ", stages.Rows.Select(row => row.Name))}.");
        }

        var source = $"the {happened.GetType().Name} event";
        SpecificationRules.Check(happened.Specification, source, roots);
        hosts.Require(happened.Specification, source);
        CheckArtifacts(happened.Artifacts);
    }

    // A stage keeps the record of what it made before it tells. Who starts a run in the middle has no record, but must have the artifacts.
    private async Task RequireTruthAsync(IPipelineEvent happened, CancellationToken cancellationToken)
    {
        var completed = stages.Completed(happened);
        if (completed is not null
            && await runs.ReadRecordAsync(happened.RunId, completed.Name, cancellationToken) is { } record
            && !record.Outputs.Except(happened.Artifacts).Any())
        {
            return;
        }

        if (completed?.Output?.Invoke(happened.Specification) is { } output && happened.Artifacts.All(artifact => artifact.Name != output))
        {
            throw new StageInputException(
                $"The {happened.GetType().Name} event names no artifact '{output}', without which the stage '{completed.Name}' "
                + "is not done: name all artifacts that the stages up to it gave.");
        }

        var found = await Task.WhenAll(happened.Artifacts.Select(
            artifact => blobs.ExistsAsync(StorePaths.Artifact(artifact.Sha256), cancellationToken)));
        if (Array.IndexOf(found, false) is >= 0 and var missing)
        {
            var (name, sha256) = (happened.Artifacts[missing].Name, happened.Artifacts[missing].Sha256);
            throw new ArtifactException(
                $"The store has no artifact with the digest {sha256} ('{name}'), which the {happened.GetType().Name} event names: "
                + "store it first, or start the run from the stage that makes it.");
        }
    }

    private async Task ClaimAsync(IPipelineEvent happened, CancellationToken cancellationToken)
    {
        if (await blobs.ExistsAsync(StorePaths.Cancelled(happened.RunId), cancellationToken))
        {
            throw new RunConflictException(
                $"The run '{happened.RunId}' was cancelled: choose another run id, or leave it out to get a new one; "
                + "finished stages are reused.");
        }

        // The same request twice is one run; another one must not mix with it. Whoever creates the blob has the id.
        if (!await runs.TryCreateAsync(happened.RunId, happened.Specification, cancellationToken)
            && await runs.ReadSpecificationAsync(happened.RunId, cancellationToken) is { } known
            && CanonicalJson.Of(known) != CanonicalJson.Of(happened.Specification))
        {
            throw new RunConflictException(
                $"There is a run '{happened.RunId}' with another specification: "
                + "choose another run id, or leave it out to get a new one.");
        }
    }
}
