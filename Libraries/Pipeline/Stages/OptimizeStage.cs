using QatPipeline.Contracts;
using QatPipeline.Graphs;

namespace QatPipeline.Pipeline.Stages;

/// <summary>Writes every dialect from the one quantized graph, with what lint has to say about it.</summary>
public sealed class OptimizeStage : IStage
{
    public string Name => StageNames.Optimize;

    public int Version => 1;

    public bool IsIncluded(RunSpecification specification) => true;

    public IReadOnlyList<string> Inputs(RunSpecification specification) => [QuantizedGraph(specification), ArtifactNames.FloatModel];

    public object Configuration(RunSpecification specification) => new { specification.Target };

    /// <summary>The graph that is deployed: the trained one where there was training, else the calibrated one.</summary>
    public static string QuantizedGraph(RunSpecification specification) =>
        specification.Qat is null ? ArtifactNames.PtqGraph : ArtifactNames.QatGraph;

    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var quantized = OnnxReader.Read(await context.OpenInputAsync(QuantizedGraph(context.Specification), cancellationToken).ConfigureAwait(false));
        var original = OnnxReader.Read(await context.OpenInputAsync(ArtifactNames.FloatModel, cancellationToken).ConfigureAwait(false));
        (Dialect Dialect, Graph Source, string Name)[] dialects =
        [
            (Dialect.Float, original, ArtifactNames.FloatDialect),
            (Dialect.OrtCpu, quantized, ArtifactNames.OrtCpuDialect),
            (Dialect.TensorRtQdq, quantized, ArtifactNames.TensorRtQdqDialect),
            (Dialect.TensorRtCache, quantized, ArtifactNames.TensorRtPlainDialect),
        ];
        foreach (var (index, (dialect, source, name)) in dialects.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Progress.Report(new StageProgress($"writing {name}", index, dialects.Length));
            var model = DialectWriter.Build(source, dialect);
            OnnxWriter.Write(model.Graph, context.OutputPath(name));
            if (model.Cache is { } cache)
            {
                await File.WriteAllBytesAsync(context.OutputPath(ArtifactNames.CalibrationCache), cache.ToBytes(), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
