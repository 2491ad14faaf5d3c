using System.Text.Json;
using QatPipeline.Foundation;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Storage;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Cli.Output;

/// <summary>Brings a run's files from the store to the folder the user named.</summary>
internal static class RunFiles
{
    /// <summary>Copies all files of the run, verified; each appears whole or not at all.</summary>
    /// <exception cref="DamagedBlobException">A file is damaged.</exception>
    public static async Task PullAsync(string store, EmbeddedRun run, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var blobs = new FolderBlobStore(store);
        var files = new RunFileStore(blobs, new ArtifactStore(blobs, new StorageOptions().OpenCache(TimeProvider.System)));
        foreach (var file in await files.ListAsync(run.RunId, run.Artifacts, cancellationToken))
        {
            await using var source = (await files.OpenAsync(run.RunId, run.Artifacts, file.Name, cancellationToken))!.Stream;
            await AtomicFile.WriteAsync(Path.Combine(folder, file.Name), source.CopyToAsync, cancellationToken);
        }
    }

    public static RunReport ReadReport(string folder) =>
        JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(Path.Combine(folder, JsonRunReport.FileName)), PipelineJson.Options)!;
}
