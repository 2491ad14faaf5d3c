using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Gateway.Runs;

/// <summary>Everything the page of one run shows.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Specification">What was asked for; null for the moment before it is kept.</param>
/// <param name="Stages">Records of the finished stages.</param>
/// <param name="Files">Its files by readable name.</param>
/// <param name="Report">report.json, once the run is complete.</param>
public sealed record RunDetails(
    RunStatus Status,
    RunSpecification? Specification,
    IReadOnlyList<StageResult> Stages,
    IReadOnlyList<RunFile> Files,
    RunReport? Report);

/// <summary>Reads <see cref="RunDetails"/> from the storage.</summary>
internal sealed class RunDetailsReader(RunOperations runs, RunFolder folder, IBlobStore blobs)
{
    /// <summary>The run's details, or null where there is no such run.</summary>
    public async Task<RunDetails?> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(runId, cancellationToken) is not { } status)
        {
            return null;
        }

        var specification = await folder.ReadSpecificationAsync(runId, cancellationToken);
        return new RunDetails(
            status,
            specification,
            specification is null ? [] : await folder.ReadStagesAsync(runId, specification, cancellationToken),
            await runs.ListFilesAsync(status, cancellationToken),
            await ReadReportAsync(runId, cancellationToken));
    }

    private async Task<RunReport?> ReadReportAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.ReadJsonAsync<RunReport>(StorePaths.RunFile(runId, JsonRunReport.FileName), cancellationToken);
        }
        catch (ArtifactException)
        {
            // Another version's report, or a damaged one: its download says so, and the page shows the rest.
            return null;
        }
    }
}
