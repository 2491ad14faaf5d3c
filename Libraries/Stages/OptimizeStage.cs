using QatPipeline.Graphs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>
/// Writes the forms of the run's targets, and of no other, from the one quantized graph, with what lint has to say about them.
/// </summary>
public sealed class OptimizeStage : IStage
{
    private const int MostDifferences = 20;

    /// <inheritdoc/>
    public string Name => StageNames.Optimize;

    /// <inheritdoc/>
    public int Version => 4;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) => [QuantizedGraph(specification), ArtifactNames.FloatGraph];

    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new { specification.Targets };

    /// <summary>The graph that is deployed: the trained one where there was training, else the calibrated one.</summary>
    public static string QuantizedGraph(RunSpecification specification) =>
        specification.Qat is null ? ArtifactNames.PtqGraph : ArtifactNames.QatGraph;

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var quantized = OnnxReader.Read(
            await context.OpenInputAsync(QuantizedGraph(context.Specification), cancellationToken));
        var original = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatGraph, cancellationToken));
        var certificates = new List<EqualityCertificate>();
        var reports = new List<LintReport>();
        Write(context, FloatForm.Build(original));
        var origin = TargetRegistry.Of(quantized);
        foreach (var target in context.Specification.Targets.Select(TargetRegistry.Get))
        {
            var isTrainedFor = target == origin;
            var graph = isTrainedFor ? quantized : Retargeting.To(quantized, target);
            foreach (var model in target.Forms.Select(form => target.Build(graph, form)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var certificate = EqualityCertificate.Compare(graph, model);
                certificates.Add(certificate with { Differences = [.. certificate.Differences.Take(MostDifferences)] });
                if (!certificate.IsEqual && (isTrainedFor || model.IsExplicit))
                {
                    throw Unequal(certificate);
                }

                // What a cache cannot say of weights that were trained for another target is not deployed.
                if (certificate.IsEqual)
                {
                    Write(context, model);
                }

                if (model.IsExplicit)
                {
                    var report = target.Lint(model.Graph);
                    reports.Add(report with { Findings = [.. Retargeting.Findings(quantized, origin, target), .. report.Findings] });
                }
            }
        }

        await JsonArtifact.WriteAsync(context, ArtifactNames.EqualityCertificate, certificates, cancellationToken);
        await JsonArtifact.WriteAsync(context, ArtifactNames.LintReport, reports, cancellationToken);
    }

    /// <summary>The artifact a form is written to, such as <c>model-tensorrt-qdq.onnx</c>.</summary>
    internal static string ArtifactOf(string form) => $"model-{form}.onnx";

    private static void Write(IStageContext context, TargetModel model)
    {
        var name = ArtifactOf(model.Form);
        context.Progress.Report(new StageProgress($"writing {name}", 0, 1));
        foreach (var path in model.Write(context.OutputPath(name)))
        {
            _ = context.OutputPath(Path.GetFileName(path));
        }
    }

    /// <summary>An engine that is not what was trained must never be built.</summary>
    private static GraphException Unequal(EqualityCertificate certificate) => new(
        $"Form {certificate.Form} differs from the simulated graph in {certificate.Differences.Count} places, "
        + $"first at '{certificate.Differences[0].Tensor}': {certificate.Differences[0].What}.");
}
