using QatPipeline.Graphs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>Writes every form of every target from the one quantized graph, with what lint has to say about it.</summary>
public sealed class OptimizeStage : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Optimize;

    /// <inheritdoc/>
    public int Version => 4;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) => [QuantizedGraph(specification), ArtifactNames.FloatGraph];

    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new { specification.Target };

    /// <summary>The graph that is deployed: the trained one where there was training, else the calibrated one.</summary>
    public static string QuantizedGraph(RunSpecification specification) =>
        specification.Qat is null ? ArtifactNames.PtqGraph : ArtifactNames.QatGraph;

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var quantized = OnnxReader.Read(
            await context.OpenInputAsync(QuantizedGraph(context.Specification), cancellationToken));
        var original = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatGraph, cancellationToken));
        var placedFor = TargetRegistry.Of(quantized);
        var certificates = new List<EqualityCertificate>();
        var reports = new List<LintReport>();
        foreach (var (index, form) in TargetRegistry.Forms.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = ArtifactOf(form);
            context.Progress.Report(new StageProgress($"writing {name}", index, TargetRegistry.Forms.Count));
            var model = TargetRegistry.Build(form == FloatForm.Name ? original : quantized, form);
            foreach (var path in model.Write(context.OutputPath(name)))
            {
                _ = context.OutputPath(Path.GetFileName(path));
            }

            if (model.Target == placedFor)
            {
                certificates.Add(Certify(quantized, model));
            }

            if (model is { IsExplicit: true, Target: { } target })
            {
                var report = target.Lint(model.Graph);
                reports.Add(report with { Findings = [.. Retargeting.Findings(quantized, target), .. report.Findings] });
            }
        }

        await JsonArtifact.WriteAsync(context, ArtifactNames.EqualityCertificate, certificates, cancellationToken);
        await JsonArtifact.WriteAsync(context, ArtifactNames.LintReport, reports, cancellationToken);
    }

    /// <summary>The artifact a form is written to, such as <c>model-tensorrt-qdq.onnx</c>.</summary>
    internal static string ArtifactOf(string form) => $"model-{form}.onnx";

    /// <summary>An engine that is not what was trained must never be built.</summary>
    private static EqualityCertificate Certify(Graph quantized, TargetModel model)
    {
        var certificate = EqualityCertificate.Compare(quantized, model);
        return certificate.IsEqual
            ? certificate
            : throw new GraphException(
                $"Form {certificate.Form} differs from the simulated graph in {certificate.Differences.Count} places, "
                + $"first at '{certificate.Differences[0].Tensor}': {certificate.Differences[0].What}.");
    }
}
