using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.CalibrationCaches;
using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Reading;
using QatPipeline.Graphs.Writing;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Stages;

/// <summary>Writes every dialect from the one quantized graph, with what lint has to say about it.</summary>
public sealed class OptimizeStage : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Optimize;

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) => [QuantizedGraph(specification), ArtifactNames.FloatModel];

    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new { specification.Target };

    /// <summary>The graph that is deployed: the trained one where there was training, else the calibrated one.</summary>
    public static string QuantizedGraph(RunSpecification specification) =>
        specification.Qat is null ? ArtifactNames.PtqGraph : ArtifactNames.QatGraph;

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var quantized = OnnxReader.Read(
            await context.OpenInputAsync(QuantizedGraph(context.Specification), cancellationToken).ConfigureAwait(false));
        var original = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatModel, cancellationToken).ConfigureAwait(false));
        (Dialect Dialect, Graph Source, string Name)[] dialects =
        [
            (Dialect.Float, original, ArtifactNames.FloatDialect),
            (Dialect.OrtCpu, quantized, ArtifactNames.OrtCpuDialect),
            (Dialect.TensorRtQdq, quantized, ArtifactNames.TensorRtQdqDialect),
            (Dialect.TensorRtCache, quantized, ArtifactNames.TensorRtPlainDialect),
        ];
        var certificates = new List<EqualityCertificate>();
        var reports = new List<LintReport>();
        foreach (var (index, (dialect, source, name)) in dialects.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress.Report(new StageProgress($"writing {name}", index, dialects.Length));
            var model = DialectWriter.Build(source, dialect);
            OnnxWriter.Write(model.Graph, context.OutputPath(name));
            if (model.Cache is { } cache)
            {
                await File.WriteAllBytesAsync(context.OutputPath(ArtifactNames.CalibrationCache), cache.ToBytes(), cancellationToken)
                    .ConfigureAwait(false);
            }

            if (dialect != Dialect.Float && TargetOf(dialect) == QuantizerPlacement.TargetOf(quantized))
            {
                certificates.Add(Certify(quantized, model));
            }

            if (dialect is Dialect.OrtCpu or Dialect.TensorRtQdq)
            {
                reports.Add(GraphLinter.Lint(model.Graph, TargetOf(dialect)));
            }
        }

        await WriteJsonAsync(context.OutputPath(ArtifactNames.EqualityCertificate), certificates, cancellationToken).ConfigureAwait(false);
        await WriteJsonAsync(context.OutputPath(ArtifactNames.LintReport), reports, cancellationToken).ConfigureAwait(false);
    }

    private static QuantizationTarget TargetOf(Dialect dialect) =>
        dialect == Dialect.OrtCpu ? QuantizationTarget.OrtCpu : QuantizationTarget.TensorRt;

    /// <summary>An engine that is not what was trained must never be built.</summary>
    private static EqualityCertificate Certify(Graph quantized, DialectModel model)
    {
        var certificate = EqualityCertificate.Compare(quantized, model);
        return certificate.IsEqual
            ? certificate
            : throw new GraphException(
                $"dialect {certificate.Dialect} differs from the simulated graph in {certificate.Differences.Count} places, "
                + $"first at '{certificate.Differences[0].Tensor}': {certificate.Differences[0].What}");
    }

    private static Task WriteJsonAsync<T>(string path, T value, CancellationToken cancellationToken) =>
        File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(value, PipelineJson.Options), cancellationToken);
}
