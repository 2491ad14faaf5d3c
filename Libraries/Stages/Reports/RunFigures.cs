using QatPipeline.Engines;

namespace QatPipeline.Stages.Reports;

/// <summary>Everything that was measured of a run, here and elsewhere.</summary>
/// <param name="Evaluation">Of every variant that was evaluated.</param>
/// <param name="Timings">Of every engine that was timed, by variant; one entry for each batch size.</param>
/// <param name="TensorRt">The TensorRT engines; null where the run has none.</param>
/// <param name="Imported">What was brought back of them; null where nothing was.</param>
public sealed record RunFigures(
    EvaluationReport Evaluation,
    IReadOnlyDictionary<string, IReadOnlyList<EngineTiming>> Timings,
    TensorRtBuild? TensorRt,
    ImportedResults? Imported)
{
    /// <summary>Reads records and artifacts of a run that was evaluated.</summary>
    public static async Task<RunFigures> ReadAsync(RunReportContext context, CancellationToken cancellationToken)
    {
        var evaluation = (await ReadAsync<EvaluationReport>(context, ArtifactNames.EvaluationReport, cancellationToken))!;
        var imported = await ReadAsync<ImportedResults>(context, ArtifactNames.TensorRtResults, cancellationToken);
        var timings = new Dictionary<string, IReadOnlyList<EngineTiming>>(BuildTimings.Of(context.Stages));
        foreach (var engine in imported?.Engines ?? [])
        {
            timings[engine.Variant] = [engine.Timing];
        }

        return new RunFigures(
            evaluation with
            {
                Variants = [.. evaluation.Variants, .. imported?.Engines.Select(engine => engine.Evaluation).OfType<VariantEvaluation>() ?? []],
                Agreements =
                [
                    .. evaluation.Agreements,
                    .. imported?.Engines.Where(engine => engine.Agreement is not null).Select(engine =>
                        new EngineAgreement(engine.Variant, TargetNames.TensorRt, engine.Agreement!, [])) ?? [],
                ],
            },
            timings,
            await ReadAsync<TensorRtBuild>(context, ArtifactNames.TensorRtBuild, cancellationToken),
            imported);
    }

    internal static async Task<T?> ReadAsync<T>(RunReportContext context, string artifact, CancellationToken cancellationToken)
        where T : class =>
        await context.OpenArtifactAsync(artifact, cancellationToken) is { } path
            ? await JsonArtifact.ReadAsync<T>(path, artifact, cancellationToken)
            : null;
}
