using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Tests.TestStages;

/// <summary>A tiny real stage: its output is its name and configuration followed by its inputs. What it does besides is scripted.</summary>
internal sealed class ScriptedStage(string name, string output, params string[] inputs) : IStage
{
    private static readonly DatasetSpecification[] Anything = [new() { Yolo = "/pictures/any" }];

    private int _executions;

    public string Name => name;

    public int Version { get; init; } = 1;

    /// <summary>How many processes it says that it has.</summary>
    public int SharedBy { get; init; } = 1;

    /// <summary>Runs before the output is written.</summary>
    public Func<IStageContext, CancellationToken, Task>? Script { get; init; }

    /// <summary>How often it was executed.</summary>
    public int Executions => _executions;

    public IReadOnlyList<string> Inputs(RunSpecification specification) => inputs;

    public int Processes(RunSpecification specification) => SharedBy;

    public object Configuration(RunSpecification specification) => new { specification.Seed };

    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _executions);
        context.Progress.Report(new StageProgress("working", 0, 1, new Dictionary<string, double> { ["ap"] = 0.5 }));
        if (Script is not null)
        {
            await Script(context, cancellationToken);
        }

        var text = $"{name}/{context.Specification.Seed}\n";
        foreach (var input in inputs)
        {
            text += await File.ReadAllTextAsync(await context.OpenInputAsync(input, cancellationToken), cancellationToken);
        }

        await File.WriteAllTextAsync(context.OutputPath(output), text, cancellationToken);
        context.Measure("characters", text.Length);
        context.Progress.Report(new StageProgress("working", 1, 1));
    }

    /// <summary>A stage for every step of a run with training, each reading what the one before gave.</summary>
    public static IReadOnlyList<ScriptedStage> FullPipeline() =>
    [
        new(StageNames.Dataset, ArtifactNames.DatasetIndex),
        new(StageNames.TrainFloat, ArtifactNames.FloatGraph, ArtifactNames.DatasetIndex),
        new(StageNames.Calibrate, ArtifactNames.PtqGraph, ArtifactNames.DatasetIndex),
        new(StageNames.Qat, ArtifactNames.QatGraph, ArtifactNames.DatasetIndex, ArtifactNames.PtqGraph),
        new(StageNames.Optimize, ArtifactNames.OrtCpuForm, ArtifactNames.PtqGraph),
        new(StageNames.Build, ArtifactNames.Int8Engine, ArtifactNames.OrtCpuForm),
        new(StageNames.Evaluate, ArtifactNames.EvaluationReport, ArtifactNames.Int8Engine, ArtifactNames.DatasetIndex),
    ];

    /// <summary>A specification that only the scripted stages can execute.</summary>
    public static RunSpecification Specification(long seed = 1, bool qat = true) => new()
    {
        Name = "scripted",
        Seed = seed,
        Model = new ModelSpecification { Onnx = "/models/any.onnx" },
        Data = new DataSpecification { Calibration = Anything, Training = Anything, Validation = Anything },
        Qat = qat ? new QatSpecification() : null,
    };
}
