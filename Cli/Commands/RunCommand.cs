using Microsoft.Extensions.DependencyInjection;
using QatPipeline.Cli.Natives;
using QatPipeline.Cli.Output;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation.Natives;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Reporting;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Building;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Stages;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat run</c> and its prefixes: the whole pipeline in this process, the services' own code on an in-memory bus.</summary>
internal static class RunCommand
{
    /// <summary>The whole pipeline, and the verbs that end it after one of its stages.</summary>
    public static IEnumerable<Command> Create() => StageTable.Standard.Rows
        .Where(row => row.Verb is not null)
        .Select(row => Create(row.Verb!, row, $"Run the pipeline through the stage that {row.Does}, and stop there."))
        .Prepend(Create(
            new StageVerb("run"),
            null,
            "Quantize a detector: calibrate, train, export, build, evaluate, and report what it cost and what it won."));

    private static Command Create(StageVerb verb, StageRow? last, string description)
    {
        var run = CommandArguments.OptionalRun();
        var output = new Option<DirectoryInfo>("--out", "-o")
        {
            Description = "Folder for artifacts, records and the report; a repeated run reuses what is there",
            DefaultValueFactory = _ => new DirectoryInfo("qat-out"),
            HelpName = "DIR",
        };
        var runId = CommandArguments.RunId();
        var machine = new Option<string?>("--machine")
        {
            Description = "The machine that will run the engine, in place of build.machine: auto, here, avx2, avx512-vnni, or a FILE",
            HelpName = "NAME",
        };
        var processes = new Option<int?>("--processes")
        {
            Description = "Processes that share each training, in place of train.processes and qat.processes; more than 1 needs MPI",
            HelpName = "N",
        };
        var hosts = new Option<string?>("--hosts")
        {
            Description = "Hosts of these processes, in place of train.hosts and qat.hosts, each with how many it has: a:8,b:8",
            HelpName = "LIST",
        };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            verb.Name,
            $"""
            {description}

            Example: qat {verb.Name} {verb.Example} --out results
            """) { run, output, runId, machine, processes, hosts, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = CommandArguments.RunOrDemo(parsed, run);
            var specification = RunSpecificationLoader.Load(file)
                .On(parsed.GetValue(machine))
                .With(parsed.GetValue(processes), parsed.GetValue(hosts), file);
            if (last?.IsIn(specification) == false)
            {
                throw new SpecificationException(
                    $"{file}: this run leaves out the stage '{last.Name}', so 'qat {verb.Name}' has nothing to end with; "
                    + $"{verb.Example} is a run that has it.");
            }

            var folder = parsed.GetRequiredValue(output);
            var ended = await ExecuteAsync(specification, folder, parsed.GetValue(runId), last?.Name, cancellationToken);
            if (last is not null)
            {
                await JsonOutput.WriteAsync(parsed, json, ended.Artifacts, () => List(ended, folder), cancellationToken);
                return;
            }

            var report = RunFiles.ReadReport(folder.FullName);
            await JsonOutput.WriteAsync(parsed, json, report, Print, cancellationToken);

            void Print()
            {
                ResultTable.Write(report);
                Console.WriteLine($"report: {Path.Combine(folder.FullName, RunReportFiles.HtmlName)}");
            }
        });
        return verb == StageTable.Standard[StageNames.Optimize].Verb ? ExportCommand.Extend(command, run, output) : command;
    }

    private static void List(EmbeddedRun run, DirectoryInfo folder)
    {
        foreach (var artifact in run.Artifacts)
        {
            Console.WriteLine($"{artifact.Sha256}  {Path.Combine(folder.FullName, artifact.Name)}");
        }
    }

    private static async Task<EmbeddedRun> ExecuteAsync(
        RunSpecification specification, DirectoryInfo folder, string? runId, string? lastStage, CancellationToken cancellationToken)
    {
        // Before anything is computed: a folder that cannot be written must not cost an hour of training.
        folder.Create();
        var probe = Path.Combine(folder.FullName, ".writable");
        await File.WriteAllTextAsync(probe, "", cancellationToken);
        File.Delete(probe);

        NativeComponent.LoadAll(RunNatives.All);
        var store = Path.Combine(folder.FullName, "store");
        var options = new EmbeddedOptions { RunId = runId, Report = new RunReportFiles(), LastStage = lastStage };
        await MeasureMachineAsync(specification, cancellationToken);
        using var progress = new ProgressDisplay();
        var run = await EmbeddedPipeline.RunAsync(specification, store, CreateStages(), options, progress, cancellationToken);
        if (run.Failure is { } failure)
        {
            throw new RunFailedException(failure);
        }

        await RunFiles.PullAsync(new FolderBlobStore(store), run.RunId, run.Artifacts, folder.FullName, cancellationToken);
        await DatasetRemarks.WriteAsync(Path.Combine(folder.FullName, ArtifactNames.DatasetIndex), cancellationToken);
        return run;
    }

    // The stages would measure it as well, but show nothing of it.
    private static async Task MeasureMachineAsync(RunSpecification specification, CancellationToken cancellationToken)
    {
        using var progress = new ProfileProgressLine();
        await RunMachine.ReadAsync(specification.Build, progress, cancellationToken);
    }

    private static RunSpecification On(this RunSpecification specification, string? machine) => machine is null
        ? specification
        : specification with
        {
            Build = specification.Build with
            {
                Machine = MachineNames.All.Contains(machine) ? machine : Path.GetFullPath(machine),
            },
        };

    private static RunSpecification With(this RunSpecification specification, int? processes, string? hosts, string source)
    {
        if (processes is null && hosts is null)
        {
            return specification;
        }

        var (train, qat) = (specification.Train, specification.Qat);
        if (train is null && qat is null)
        {
            throw new SpecificationException(
                $"{source}: this run has no training ('qat: null', and no 'train'), so --processes and --hosts have nothing to share.");
        }

        IReadOnlyList<string> list = hosts?.Split(',') ?? [];
        var shared = specification with
        {
            Train = train is null ? null : train with { Processes = processes ?? 1, Hosts = list },
            Qat = qat is null || (qat.Profile == "strict" && train is not null) ? qat
                : qat with { Processes = processes ?? 1, Hosts = list },
        };
        SpecificationRules.Check(shared, source);
        return shared;
    }

    // Every stage of both libraries: one that is added there is found here.
    private static IEnumerable<IStage> CreateStages()
    {
        var services = new ServiceCollection().AddSingleton<IImageSource>(new KeptImageSource(new LocalImageSource())).BuildServiceProvider();
        return new[] { typeof(LocalImageSource).Assembly, typeof(QatStage).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IStage)))
            .Select(type => (IStage)ActivatorUtilities.CreateInstance(services, type));
    }
}
