using QatPipeline.Engines;

namespace QatPipeline.Stages.Reports;

/// <summary>Makes report.json from the records and artifacts of a finished run.</summary>
public static class JsonRunReport
{
    /// <summary>Name of the report among the run's files.</summary>
    public const string FileName = "report.json";

    /// <summary>Reads the artifacts and records and puts the report together; needs a finished build and evaluation.</summary>
    public static async Task<RunReport> CreateAsync(RunReportContext context, CancellationToken cancellationToken)
    {
        var specification = context.Run.Specification;
        var evaluation = (await ReadAsync<EvaluationReport>(context, ArtifactNames.EvaluationReport, cancellationToken))!;

        // A run that began with the event of a later stage has built nothing itself.
        var build = context.Stages.FirstOrDefault(stage => stage.Record.Stage == StageNames.Build)?.Record;
        var timings = BuildTimings.Of(context.Stages);
        return new RunReport
        {
            RunId = context.Run.RunId,
            Name = specification.Name,
            Target = specification.Target,
            Machine = build?.Host ?? "",
            Results = [.. evaluation.Variants.Select(variant => ResultOf(variant, evaluation, specification, timings, context.Artifacts))],
            Evaluation = evaluation,
            Calibration = await ReadAsync<CalibrationReport>(context, ArtifactNames.CalibrationReport, cancellationToken),
            FloatTraining = await ReadAsync<FloatTrainingHistory>(context, ArtifactNames.FloatTrainingHistory, cancellationToken),
            Training = await ReadAsync<TrainingHistory>(context, ArtifactNames.TrainingHistory, cancellationToken),
            Stages = [.. context.Stages.Select(Summarise)],
        };
    }

    private static VariantResult ResultOf(
        VariantEvaluation variant,
        EvaluationReport evaluation,
        RunSpecification specification,
        IReadOnlyDictionary<string, IReadOnlyList<EngineTiming>> timings,
        IReadOnlyList<ArtifactReference> artifacts)
    {
        var (artifact, precision) = variant.Variant switch
        {
            Variants.Float => (ArtifactNames.FloatGraph, "fp32"),
            Variants.Ptq => (ArtifactNames.PtqGraph, "int8"),
            Variants.Qat => (ArtifactNames.QatGraph, "int8"),
            Variants.FloatEngine => (ArtifactNames.FloatEngine, "fp32"),
            _ => (ArtifactNames.Int8Engine, "int8"),
        };
        var measured = timings.GetValueOrDefault(variant.Variant) ?? [];
        var single = measured.FirstOrDefault(timing => timing.Batch == 1);
        return new VariantResult
        {
            Variant = variant.Variant,
            Target = specification.Target,
            Precision = precision,
            InputSize = evaluation.InputSize,
            Protocol = evaluation.Protocol,
            Ap = variant.Metrics.Ap,
            Ap50 = variant.Metrics.Ap50,
            ApDelta = variant.AgainstFloat?.Difference,
            ApDeltaLow = variant.AgainstFloat?.Low,
            ApDeltaHigh = variant.AgainstFloat?.High,
            MedianMsBatch1 = single?.Latency.Median,
            P99MsBatch1 = single?.Latency.Percentile,
            FpsBatch1 = single?.ImagesPerSecond,
            FpsBatch32 = measured.FirstOrDefault(timing => timing.Batch == 32)?.ImagesPerSecond,
            Digest = artifacts.First(reference => reference.Name == artifact).Sha256,
        };
    }

    private static StageSummary Summarise(StageResult stage) => new(
        stage.Record.Stage,
        stage.Record.Key,
        stage.Reused,
        (stage.Record.Finished - stage.Record.Started).TotalSeconds,
        stage.Record.Host,
        stage.Record.Inputs,
        stage.Record.Outputs);

    private static async Task<T?> ReadAsync<T>(RunReportContext context, string artifact, CancellationToken cancellationToken)
        where T : class =>
        await context.OpenArtifactAsync(artifact, cancellationToken) is { } path
            ? await JsonArtifact.ReadAsync<T>(path, artifact, cancellationToken)
            : null;
}
