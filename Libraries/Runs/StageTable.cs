using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;

namespace QatPipeline.Runs;

/// <summary>
/// The stages in their order, and when a run has them. Everything that depends on the order asks here: plan, queues, routing of events,
/// tracking, progress, the embedded pipeline, the command line's verbs. What comes before and after a stage follows from the rows.
/// </summary>
public sealed class StageTable
{
    private const string Training = "qat-training";

    private static readonly Type Request = typeof(PipelineRequested);

    /// <summary>A table of the given rows; the last one ends the run, every other gives an event.</summary>
    public StageTable(IReadOnlyList<StageRow> rows)
    {
        Rows = rows;
        Events = [Request, .. rows.Select(row => row.Event).OfType<Type>().Distinct()];
    }

    /// <summary>The pipeline's stages.</summary>
    public static StageTable Standard { get; } = new(
    [
        StageRow.Giving(
            StageNames.Dataset,
            "dataset-loading",
            "checks and indexes the data sets",
            _ => ArtifactNames.DatasetIndex,
            DatasetPrepared (id, run, made) => new(id, run, made)),
        StageRow.Giving(
            StageNames.TrainFloat,
            Training,
            "trains the float network",
            _ => ArtifactNames.TrainedModel,
            ModelTrained (id, run, made) => new(id, run, made, StageNames.TrainFloat),
            trained => trained.Stage == StageNames.TrainFloat) with
        {
            When = run => run.Train is not null,
            Verb = new("train", "samples/demo/train.yaml"),
        },
        StageRow.Giving(
            StageNames.Calibrate,
            "ptq-calibration",
            "collects ranges and quantizes after training",
            _ => ArtifactNames.PtqGraph,
            ModelCalibrated (id, run, made) => new(id, run, made)) with { Verb = new("calibrate") },
        StageRow.Giving(
            StageNames.Qat,
            Training,
            "trains the quantized network",
            _ => ArtifactNames.QatGraph,
            ModelTrained (id, run, made) => new(id, run, made, StageNames.Qat),
            trained => trained.Stage == StageNames.Qat) with { When = run => run.Qat is not null, Verb = new("qat") },
        StageRow.Giving(
            StageNames.Optimize,
            "onnx-graph-optimization",
            "exports and checks every form",
            run => ArtifactNames.ExplicitForm(run.Target),
            GraphOptimized (id, run, made) => new(id, run, made)) with { Verb = new("export") },
        StageRow.Giving(
            StageNames.Build,
            "trt-engine-building",
            "builds and times the engines",
            run => run.Target == TargetNames.OrtCpu ? ArtifactNames.Int8Engine : ArtifactNames.TensorRtBuild,
            EngineBuilt (id, run, made) => new(id, run, made)),
        StageRow.Giving(
            StageNames.Evaluate,
            "coco-evaluation",
            "measures every variant",
            _ => ArtifactNames.EvaluationReport,
            ModelEvaluated (id, run, made) => new(id, run, made)),
        StageRow.Ending(StageNames.Report, "gateway", "writes the report"),
    ]);

    /// <summary>All stages, in order.</summary>
    public IReadOnlyList<StageRow> Rows { get; }

    /// <summary>Types of the events that move a run on: the request's first, then those of the stages.</summary>
    public IReadOnlyList<Type> Events { get; }

    /// <summary>The stage of that name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public StageRow this[string name] => Rows.FirstOrDefault(row => row.Name == name)
        ?? throw new ArgumentOutOfRangeException(
            nameof(name), name, $"The pipeline has no such stage; its stages are {string.Join(", ", Rows.Select(row => row.Name))}.");

    /// <summary>Names of the stages that the run has, in order.</summary>
    public IReadOnlyList<string> StagesOf(RunSpecification specification) =>
        [.. Rows.Where(row => row.IsIn(specification)).Select(row => row.Name)];

    /// <summary>The stage whose completion the event tells; null for a request, and for an event that no stage gives.</summary>
    public StageRow? Completed(IPipelineEvent happened) => Rows.FirstOrDefault(row => row.IsToldBy(happened));

    /// <summary>The stage that the event calls for: the first one after the completed stage that the run has.</summary>
    public StageRow Next(IPipelineEvent happened) =>
        Rows.Skip(PositionAfter(Completed(happened))).First(row => row.IsIn(happened.Specification));

    /// <summary>The verb that ends the pipeline after the stage, or soonest after it; null where only a whole run comes to it.</summary>
    public StageVerb? VerbThrough(string stage, RunSpecification specification) => Rows
        .SkipWhile(row => row.Name != stage)
        .FirstOrDefault(row => row.Verb is not null && row.IsIn(specification))?.Verb;

    /// <summary>Types of the events that can come right before the stage.</summary>
    public IReadOnlyList<Type> EventsBefore(StageRow row)
    {
        var events = new List<Type>();
        for (var position = PositionAfter(row) - 2; position >= 0; position--)
        {
            events.Add(Rows[position].Event!);
            if (Rows[position].When is null)
            {
                return [.. events.Distinct()];
            }
        }

        return [.. events.Append(Request).Distinct()];
    }

    private int PositionAfter(StageRow? row) => row is null ? 0 : Rows.Index().First(entry => entry.Item == row).Index + 1;
}
