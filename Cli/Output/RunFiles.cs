using System.Text.Json;
using QatPipeline.Foundation;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Cli.Output;

/// <summary>Brings a run's files from the store to the folder the user named.</summary>
internal static class RunFiles
{
    /// <summary>Copies all files of the run; each appears whole or not at all.</summary>
    public static async Task PullAsync(IBlobStore store, string runId, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await foreach (var blob in store.ListAsync(StorePaths.RunFiles(runId), cancellationToken).ConfigureAwait(false))
        {
            using var source = (await store.OpenReadAsync(blob, cancellationToken).ConfigureAwait(false))!;
            await AtomicFile.WriteAsync(Path.Combine(folder, Path.GetFileName(blob)), source.CopyToAsync, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    public static RunReport ReadReport(string folder) =>
        JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(Path.Combine(folder, JsonRunReport.FileName)), PipelineJson.Options)!;
}
