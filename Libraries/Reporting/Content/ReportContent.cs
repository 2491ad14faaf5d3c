using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Reporting.Samples;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Reporting.Content;

/// <summary>Everything the sections of the page are made from.</summary>
internal sealed record ReportContent
{
    /// <summary>Precision of what a run is for.</summary>
    public const string Int8 = "int8";

    public required RunReport Report { get; init; }

    public required RunSpecification Specification { get; init; }

    public required IReadOnlyList<StageResult> Stages { get; init; }

    public required IReadOnlyList<ArtifactReference> Artifacts { get; init; }

    /// <summary>Timings of the engines by variant; empty where the run built none.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<EngineTiming>> Timings { get; init; }

    public required IReadOnlyList<SampleImage> Samples { get; init; }

    public static async Task<ReportContent> ReadAsync(
        RunReport report, RunReportContext context, CancellationToken cancellationToken) => new()
        {
            Report = report,
            Specification = context.Run.Specification,
            Stages = context.Stages,
            Artifacts = context.Artifacts,
            Timings = (await RunFigures.ReadAsync(context, cancellationToken)).Timings,
            Samples = await SampleImages.ReadAsync(context, Engine(report, Int8)?.Variant, cancellationToken),
        };

    /// <summary>
    /// The engine that stands for a precision: of the run's own target, one with AP before one without, the smallest batch before larger
    /// ones.
    /// </summary>
    public static VariantResult? Engine(RunReport report, string precision) => report.Results
        .Where(result => result.IsEngine && result.Target == report.Target && result.Precision == precision)
        .OrderBy(result => result.Ap is null)
        .ThenBy(result => result.Batch)
        .FirstOrDefault();

    /// <summary>The artifact of that name, or null.</summary>
    public ArtifactReference? Artifact(string name) => Artifacts.FirstOrDefault(artifact => artifact.Name == name);
}
