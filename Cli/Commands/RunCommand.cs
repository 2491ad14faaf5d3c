using System.CommandLine;
using QatPipeline.Cli.Output;
using QatPipeline.Contracts;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Reporting;
using QatPipeline.Pipeline.Specification;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Pipeline.Torch.Stages;
using QatPipeline.ServiceDefaults.Embedded;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat run</c> and its prefixes: the whole pipeline in this process, the services' own code on an in-memory bus.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var run = CommandArguments.Run();
        var output = new Option<DirectoryInfo>("--out", "-o")
        {
            Description = "Folder for artifacts, records and the report; a repeated run reuses what is there",
            DefaultValueFactory = _ => new DirectoryInfo("qat-out"),
        };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "run",
            """
            Quantize a detector: calibrate, train, export, build, evaluate, and report what it cost and what it won.

            Example: qat run samples/yolov6lite-coco.yaml --out results
            """) { run, output, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var specification = RunSpecificationLoader.Load(parsed.GetRequiredValue(run));
            var folder = parsed.GetRequiredValue(output);
            var report = await ExecuteAsync(specification, folder, cancellationToken).ConfigureAwait(false);
            if (!await JsonOutput.WriteAsync(parsed, json, report, cancellationToken).ConfigureAwait(false))
            {
                ResultTable.Write(report);
                Console.WriteLine($"report: {Path.Combine(folder.FullName, JsonRunReport.FileName)}");
            }
        });
        return command;
    }

    private static async Task<RunReport> ExecuteAsync(RunSpecification specification, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        // Before anything is computed: a folder that cannot be written must not cost an hour of training.
        folder.Create();
        File.WriteAllText(Path.Combine(folder.FullName, ".writable"), "");
        File.Delete(Path.Combine(folder.FullName, ".writable"));

        var images = new LocalImageSource();
        IStage[] stages = [new DatasetStage(), new CalibrateStage(images), new QatStage(images), new OptimizeStage(), new BuildStage(), new EvaluateStage(images)];
        var options = new EmbeddedOptions { Reports = [new JsonRunReport()] };
        using var progress = new ProgressDisplay();
        var run = await EmbeddedPipeline.RunAsync(specification, Path.Combine(folder.FullName, "store"), stages, options, progress, cancellationToken).ConfigureAwait(false);
        if (run.Failure is { } failure)
        {
            throw new RunFailedException(failure);
        }

        await RunFiles.PullAsync(new FolderBlobStore(Path.Combine(folder.FullName, "store")), run.RunId, folder.FullName, cancellationToken).ConfigureAwait(false);
        return RunFiles.ReadReport(folder.FullName);
    }
}
