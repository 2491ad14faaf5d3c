using System.Text.Json;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// A run's folder in the store: its specification, which execution it took for every stage, and its files by readable name.
/// </summary>
public sealed class RunFolder(IBlobStore blobs, StageTable stages, TimeProvider time)
{
    /// <summary>Keeps the specification under the run. False where the run exists.</summary>
    public Task<bool> TryCreateAsync(string runId, RunSpecification specification, CancellationToken cancellationToken) =>
        blobs.TryCreateJsonAsync(StorePaths.Specification(runId), specification, cancellationToken);

    /// <summary>Writes a damaged specification anew, if the given one is, byte by byte, what was written there.</summary>
    public async Task RestoreAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        var name = StorePaths.Specification(runId);
        try
        {
            await blobs.ReadAsync(name, cancellationToken);
        }
        catch (DamagedBlobException damaged)
            when (damaged.Sha256 == Digests.Of(JsonSerializer.SerializeToUtf8Bytes(specification, PipelineJson.Options)))
        {
            await blobs.QuarantineAsync(name, cancellationToken);
            await TryCreateAsync(runId, specification, cancellationToken);
        }
    }

    /// <summary>The specification the run was created with, or null where there is no such run.</summary>
    public Task<RunSpecification?> ReadSpecificationAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<RunSpecification>(StorePaths.Specification(runId), cancellationToken);

    /// <summary>The execution the run took for the stage, or null before it has one; a damaged link counts as none.</summary>
    public Task<RunStageLink?> ReadLinkAsync(string runId, string stage, CancellationToken cancellationToken) =>
        blobs.ReadSoundJsonAsync<RunStageLink>(StorePaths.RunStage(runId, stage), cancellationToken);

    /// <summary>How the run was completed, or null where it is not; a damaged record of it counts as none.</summary>
    public Task<RunCompletion?> ReadCompletionAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadSoundJsonAsync<RunCompletion>(StorePaths.Completed(runId), cancellationToken);

    /// <summary>Keeps the completion, unless there is one. Gives the one that is kept.</summary>
    public async Task<RunCompletion> CompleteAsync(RunCompletion completion, CancellationToken cancellationToken)
    {
        var name = StorePaths.Completed(completion.Event.RunId);
        await blobs.TryCreateJsonAsync(name, completion, cancellationToken);
        return (await blobs.ReadJsonAsync<RunCompletion>(name, cancellationToken))!;
    }

    /// <summary>Notes that the run's completion was published, with what is true of it now.</summary>
    public Task MarkAnnouncedAsync(RunCompletion completion, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(StorePaths.Completed(completion.Event.RunId), completion with { Announced = true }, cancellationToken);

    /// <summary>The record of the execution that the run took for the stage, or null before it has one.</summary>
    public async Task<StageRecord?> ReadRecordAsync(string runId, string stage, CancellationToken cancellationToken) =>
        await ReadLinkAsync(runId, stage, cancellationToken) is { } link
            ? await blobs.ReadSoundJsonAsync<StageRecord>(StorePaths.StageRecord(link.Key), cancellationToken)
            : null;

    /// <summary>Notes that the event of the stage's execution was published.</summary>
    public Task MarkAnnouncedAsync(string runId, string stage, CancellationToken cancellationToken) =>
        SetAnnouncedAsync(runId, stage, true, cancellationToken);

    /// <summary>Lets every stage and the completion be done and announced again, each at the run's next delivery to it.</summary>
    public async Task ReopenAsync(string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        foreach (var stage in stages.StagesOf(specification))
        {
            await SetAnnouncedAsync(runId, stage, false, cancellationToken);
        }

        await blobs.UpdateJsonAsync<RunCompletion>(
            StorePaths.Completed(runId),
            completion => completion is null or { Announced: false } ? completion : completion with { Announced = false },
            cancellationToken);
    }

    /// <summary>The records of the run's stages, in the order of the stages.</summary>
    public async Task<IReadOnlyList<StageResult>> ReadStagesAsync(
        string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        var results = new List<StageResult>();
        foreach (var stage in stages.StagesOf(specification))
        {
            if (await blobs.ReadJsonAsync<RunStageLink>(StorePaths.RunStage(runId, stage), cancellationToken) is { } link
                && await blobs.ReadJsonAsync<StageRecord>(StorePaths.StageRecord(link.Key), cancellationToken) is { } record)
            {
                results.Add(new StageResult(record, link.Reused));
            }
        }

        return results;
    }

    internal async Task LinkAsync(string runId, StageResult result, CancellationToken cancellationToken)
    {
        await Task.WhenAll(result.Record.Outputs.Select(output =>
            blobs.CopyAsync(StorePaths.Artifact(output.Sha256), StorePaths.RunFile(runId, output.Name), cancellationToken)));

        var link = new RunStageLink(result.Record.Stage, result.Record.Key, result.Reused, Announced: false, time.GetUtcNow());
        await blobs.UpdateJsonAsync<RunStageLink>(
            StorePaths.RunStage(runId, result.Record.Stage),
            current => current?.Key == link.Key ? current : link,
            cancellationToken);
    }

    private Task<RunStageLink?> SetAnnouncedAsync(string runId, string stage, bool announced, CancellationToken cancellationToken) =>
        blobs.UpdateJsonAsync<RunStageLink>(
            StorePaths.RunStage(runId, stage),
            link => link is null || link.Announced == announced ? link : link with { Announced = announced },
            cancellationToken);
}
