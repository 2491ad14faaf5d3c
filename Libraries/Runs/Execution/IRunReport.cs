using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Lineage;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Execution;

/// <summary>Writes what people read at the end of a run. It holds times and hosts, so it is not an artifact with a digest.</summary>
public interface IRunReport
{
    /// <summary>Writes the report's files into the folder; all of them become files of the run.</summary>
    Task WriteAsync(RunReportContext context, string folder, CancellationToken cancellationToken);
}

/// <summary>What a report is made from: the records of all stages, and their artifacts.</summary>
public sealed class RunReportContext(
    RunContext run,
    IReadOnlyList<StageResult> stages,
    IReadOnlyList<ArtifactReference> artifacts,
    IReadOnlyList<LineageEvent> lineage,
    ArtifactStore store)
{
    /// <summary>Id and specification of the run.</summary>
    public RunContext Run => run;

    /// <summary>In the order of the stages, each with whether it was reused.</summary>
    public IReadOnlyList<StageResult> Stages => stages;

    /// <summary>Everything the stages gave, one per name.</summary>
    public IReadOnlyList<ArtifactReference> Artifacts => artifacts;

    /// <summary>The run's events in the order they were written.</summary>
    public IReadOnlyList<LineageEvent> Lineage => lineage;

    /// <summary>A local file with the verified content of the artifact, or null where the run has none of that name.</summary>
    public async Task<string?> OpenArtifactAsync(string name, CancellationToken cancellationToken) =>
        artifacts.FirstOrDefault(artifact => artifact.Name == name) is { } artifact
            ? await store.FetchAsync(artifact, cancellationToken)
            : null;
}
