using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Reporting.Samples;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Reporting.Content;

/// <summary>Everything the sections of the page are made from.</summary>
internal sealed record ReportContent
{
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
            Timings = BuildTimings.Of(context.Stages),
            Samples = await SampleImages.ReadAsync(context, cancellationToken),
        };

    /// <summary>The artifact of that name, or null.</summary>
    public ArtifactReference? Artifact(string name) => Artifacts.FirstOrDefault(artifact => artifact.Name == name);
}
