using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Lineage;

namespace QatPipeline.Runs.Execution;

/// <summary>Writes the reports of a run and makes them files of it.</summary>
public sealed class RunReportWriter(IBlobStore blobs, ArtifactStore artifacts, RunFolder runs, IEnumerable<IRunReport> reports)
{
    /// <summary>What reports are made from.</summary>
    /// <param name="run">Id and specification.</param>
    /// <param name="runArtifacts">Everything that belongs to the run, one per name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<RunReportContext> ReadAsync(
        RunContext run, IReadOnlyList<ArtifactReference> runArtifacts, CancellationToken cancellationToken) => new(
            run,
            await runs.ReadStagesAsync(run.RunId, run.Specification, cancellationToken),
            runArtifacts,
            await new LineageLog(blobs).ReadAsync(run.RunId, cancellationToken),
            artifacts);

    /// <summary>Writes every report.</summary>
    /// <returns>The files by digest.</returns>
    public async Task<IReadOnlyList<ArtifactReference>> WriteAsync(RunReportContext context, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qat-report-");
        try
        {
            foreach (var report in reports)
            {
                await report.WriteAsync(context, folder.FullName, cancellationToken);
            }

            var files = new List<ArtifactReference>();
            foreach (var file in folder.EnumerateFiles())
            {
                var content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
                await blobs.WriteAsync(StorePaths.RunFile(context.Run.RunId, file.Name), content, cancellationToken);
                files.Add(new ArtifactReference(file.Name, Digests.Of(content), content.Length));
            }

            return files;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
