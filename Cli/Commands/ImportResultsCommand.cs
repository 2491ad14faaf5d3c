using System.Text.Json;
using QatPipeline.Cli.Output;
using QatPipeline.Cli.Remote;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Reporting;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Storage;
using QatPipeline.Stages.Imports;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat import-results</c>: takes what a run's delivery measured on another machine into the run's report.</summary>
internal static class ImportResultsCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN")
        {
            Description = "The folder that 'qat run --out' named, or a run's identifier; 'qat runs' lists them",
        };
        var results = new Argument<FileInfo>("RESULTS") { Description = "The results.json that the delivery's script wrote" };
        var store = StoreAddress.CreateOption();
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "import-results",
            """
            Take the timings, and the AP where there are detections, of TensorRT engines that were built elsewhere from a run's
            tensorrt-delivery into the run's report. What is not of this run's models is refused.

            Example: qat import-results results tensorrt-delivery/results.json
            """) { run, results, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = new DirectoryInfo(parsed.GetRequiredValue(run));
            var isFolder = File.Exists(Path.Combine(folder.FullName, "report.json"));
            var runId = isFolder ? RunFiles.ReadReport(folder.FullName).RunId : parsed.GetRequiredValue(run);
            var blobs = StoreAddress.Open(
                parsed.GetValue(store) ?? (isFolder ? new DirectoryInfo(Path.Combine(folder.FullName, "store")) : null));
            var runs = new RunFolder(blobs, StageTable.Standard, TimeProvider.System);
            await ImportAsync(blobs, runs, runId, parsed.GetRequiredValue(results).FullName, cancellationToken);
            if (isFolder)
            {
                var known = (await runs.ReadCompletionAsync(runId, cancellationToken))!.Event.Artifacts;
                await RunFiles.PullAsync(blobs, runId, known, folder.FullName, cancellationToken);
            }

            var report = (await blobs.ReadJsonAsync<RunReport>(StorePaths.RunFile(runId, JsonRunReport.FileName), cancellationToken))!;
            await JsonOutput.WriteAsync(parsed, json, report, () => ResultTable.Write(report), cancellationToken);
        });
        return command;
    }

    private static async Task ImportAsync(
        IBlobStore blobs, RunFolder runs, string runId, string path, CancellationToken cancellationToken)
    {
        var artifacts = new ArtifactStore(blobs, new StorageOptions().OpenCache(TimeProvider.System));
        var supplement = new RunSupplement(blobs, artifacts, runs, new RunReportWriter(blobs, artifacts, runs, [new RunReportFiles()]));
        var run = await supplement.OpenAsync(runId, cancellationToken);
        var (results, detections) = await new ResultsImport(run, path).ReadAsync(cancellationToken);
        var scratch = Directory.CreateTempSubdirectory("qat-import-");
        try
        {
            var file = Path.Combine(scratch.FullName, ArtifactNames.TensorRtResults);
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(results, PipelineJson.Options), cancellationToken);
            var files = new Dictionary<string, string>(detections) { [ArtifactNames.TensorRtResults] = file };
            await supplement.AddAsync(run, files, cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
