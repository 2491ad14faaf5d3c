using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// A run's folder in the store: its specification, which execution it took for every stage, and its files by readable name.
/// </summary>
public sealed class RunFolder(IBlobStore blobs, StageTable stages, TimeProvider time)
{
    /// <summary>Keeps the specification under the run. False where the run exists.</summary>
    public Task<bool> TryCreateAsync(string runId, RunSpecification specification, CancellationToken cancellationToken) =>
        blobs.TryCreateJsonAsync(StorePaths.Specification(runId), specification, cancellationToken);

    /// <summary>The specification the run was created with, or null where there is no such run.</summary>
    public Task<RunSpecification?> ReadSpecificationAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<RunSpecification>(StorePaths.Specification(runId), cancellationToken);

    /// <summary>The execution the run took for the stage, or null before it has one.</summary>
    public Task<RunStageLink?> ReadLinkAsync(string runId, string stage, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<RunStageLink>(StorePaths.RunStage(runId, stage), cancellationToken);

    /// <summary>The record of the execution that the run took for the stage, or null before it has one.</summary>
    public async Task<StageRecord?> ReadRecordAsync(string runId, string stage, CancellationToken cancellationToken) =>
        await ReadLinkAsync(runId, stage, cancellationToken) is { } link
            ? await blobs.ReadJsonAsync<StageRecord>(StorePaths.StageRecord(link.Key), cancellationToken)
            : null;

    /// <summary>Notes that the event of the stage's execution was published.</summary>
    public Task MarkAnnouncedAsync(string runId, string stage, CancellationToken cancellationToken) =>
        blobs.UpdateJsonAsync<RunStageLink>(
            StorePaths.RunStage(runId, stage),
            link => link is null or { Announced: true } ? link : link with { Announced = true },
            cancellationToken);

    /// <summary>The records of the run's stages, in the order of the stages.</summary>
    public async Task<IReadOnlyList<StageResult>> ReadStagesAsync(
        string runId, RunSpecification specification, CancellationToken cancellationToken)
    {
        var results = new List<StageResult>();
        foreach (var stage in stages.StagesOf(specification))
        {
            if (await ReadLinkAsync(runId, stage, cancellationToken) is { } link
                && await blobs.ReadJsonAsync<StageRecord>(StorePaths.StageRecord(link.Key), cancellationToken) is { } record)
            {
                results.Add(new StageResult(record, link.Reused));
            }
        }

        return results;
    }

    /// <summary>What was kept of the run's completion, or null before it.</summary>
    public Task<Completion?> ReadCompletionAsync(string runId, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<Completion>(StorePaths.Completed(runId), cancellationToken);

    /// <summary>Keeps the completion, unless the run has one; gives the one it has.</summary>
    public async Task<Completion> CompleteAsync(PipelineCompleted completed, CancellationToken cancellationToken)
    {
        await blobs.TryCreateJsonAsync(
            StorePaths.Completed(completed.RunId), new Completion(completed, Announced: false), cancellationToken);
        return (await ReadCompletionAsync(completed.RunId, cancellationToken))!;
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
}
