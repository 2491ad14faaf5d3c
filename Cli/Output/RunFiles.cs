using System.Formats.Tar;
using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
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
    public static async Task PullAsync(
        IBlobStore blobs, string runId, IReadOnlyList<ArtifactReference> known, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var files = new RunFileStore(blobs, new ArtifactStore(blobs, new StorageOptions().OpenCache(TimeProvider.System)));
        foreach (var file in await files.ListAsync(runId, known, cancellationToken))
        {
            await using var source = (await files.OpenAsync(runId, known, file.Name, cancellationToken))!.Stream;
            await AtomicFile.WriteAsync(Path.Combine(folder, file.Name), source.CopyToAsync, cancellationToken);
        }

        await UnpackDeliveryAsync(folder, cancellationToken);
    }

    /// <summary>Unpacks the delivery for a machine with TensorRT, where the run has one, to the folder of its name.</summary>
    public static async Task UnpackDeliveryAsync(string folder, CancellationToken cancellationToken)
    {
        var archive = Path.Combine(folder, ArtifactNames.TensorRtDelivery);
        if (File.Exists(archive))
        {
            await TarFile.ExtractToDirectoryAsync(archive, folder, overwriteFiles: true, cancellationToken);
        }
    }

    public static RunReport ReadReport(string folder) =>
        JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(Path.Combine(folder, JsonRunReport.FileName)), PipelineJson.Options)!;
}
