using System.CommandLine;
using QatPipeline.Cli.Output;
using QatPipeline.Contracts;
using QatPipeline.Foundation.Natives;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Reporting;
using QatPipeline.Pipeline.Specification;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Pipeline.Torch.Stages;
using QatPipeline.Reporting;
using QatPipeline.ServiceDefaults.Embedded;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat run</c> and its prefixes: the whole pipeline in this process, the services' own code on an in-memory bus.</summary>
internal static class RunCommand
{
    /// <summary>The whole pipeline, and the verbs that end it after one of its stages.</summary>
    public static IEnumerable<Command> Create() =>
    [
        Create("run", null, "Quantize a detector: calibrate, train, export, build, evaluate, and report what it cost and what it won."),
        Create(
            "train",
            StageNames.TrainFloat,
            "Train the float YOLOv6 network that the run describes, and stop there.",
            "samples/demo/train.yaml"),
        Create("calibrate", StageNames.Calibrate, "Run the pipeline through post-training quantization."),
        Create("qat", StageNames.Qat, "Run the pipeline through quantization-aware training."),
        Create("export", StageNames.Optimize, "Run the pipeline through the export of every dialect."),
    ];

    private static Command Create(string name, string? lastStage, string description, string example = "samples/demo/run.yaml")
    {
        var run = lastStage == StageNames.TrainFloat ? CommandArguments.Run() : CommandArguments.OptionalRun();
        var output = new Option<DirectoryInfo>("--out", "-o")
        {
            Description = "Folder for artifacts, records and the report; a repeated run reuses what is there",
            DefaultValueFactory = _ => new DirectoryInfo("qat-out"),
            HelpName = "DIR",
        };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            name,
            $"""
            {description}

            Example: qat {name} {example} --out results
            """) { run, output, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = CommandArguments.RunOrDemo(parsed, run);
            var specification = RunSpecificationLoader.Load(file);
            if (lastStage == StageNames.Qat && specification.Qat is null)
            {
                throw new SpecificationException($"{file}: 'qat' is null, so there is no training to run");
            }

            if (lastStage == StageNames.TrainFloat && specification.Train is null)
            {
                throw new SpecificationException($"{file}: 'train' is missing, so there is no training to run");
            }

            var folder = parsed.GetRequiredValue(output);
            var ended = await ExecuteAsync(specification, folder, lastStage, cancellationToken).ConfigureAwait(false);
            if (lastStage is not null)
            {
                await ListAsync(parsed, json, ended, folder, cancellationToken).ConfigureAwait(false);
                return;
            }

            var report = RunFiles.ReadReport(folder.FullName);
            if (!await JsonOutput.WriteAsync(parsed, json, report, cancellationToken).ConfigureAwait(false))
            {
                ResultTable.Write(report);
                Console.WriteLine($"report: {Path.Combine(folder.FullName, HtmlRunReport.FileName)}");
            }
        });
        return command;
    }

    private static async Task ListAsync(
        ParseResult parsed, Option<FileInfo?> json, EmbeddedRun run, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        if (!await JsonOutput.WriteAsync(parsed, json, run.Artifacts, cancellationToken).ConfigureAwait(false))
        {
            foreach (var artifact in run.Artifacts)
            {
                Console.WriteLine($"{artifact.Sha256}  {Path.Combine(folder.FullName, artifact.Name)}");
            }
        }
    }

    private static async Task<EmbeddedRun> ExecuteAsync(
        RunSpecification specification, DirectoryInfo folder, string? lastStage, CancellationToken cancellationToken)
    {
        // Before anything is computed: a folder that cannot be written must not cost an hour of training.
        folder.Create();
        var probe = Path.Combine(folder.FullName, ".writable");
        await File.WriteAllTextAsync(probe, "", cancellationToken).ConfigureAwait(false);
        File.Delete(probe);

        NativeComponent.LoadAll(RunNatives.All);
        var store = Path.Combine(folder.FullName, "store");
        var images = new LocalImageSource();
        IStage[] stages =
        [
            new DatasetStage(),
            new TrainFloatStage(images),
            new CalibrateStage(images),
            new QatStage(images),
            new OptimizeStage(),
            new BuildStage(),
            new EvaluateStage(images),
        ];
        var options = new EmbeddedOptions { Reports = [new JsonRunReport(), new HtmlRunReport()], LastStage = lastStage };
        using var progress = new ProgressDisplay();
        var run = await EmbeddedPipeline.RunAsync(specification, store, stages, options, progress, cancellationToken).ConfigureAwait(false);
        if (run.Failure is { } failure)
        {
            throw new RunFailedException(failure);
        }

        await RunFiles.PullAsync(new FolderBlobStore(store), run.RunId, folder.FullName, cancellationToken).ConfigureAwait(false);
        return run;
    }
}
