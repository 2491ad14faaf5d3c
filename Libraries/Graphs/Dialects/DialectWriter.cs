using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Writing;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Graphs.Dialects;

/// <summary>Builds the graph of every dialect from the one calibrated graph.</summary>
public static class DialectWriter
{
    /// <summary>
    /// A plain ONNX graph, ready for <see cref="OnnxWriter"/>. Q/DQ nodes of other tools are lifted first, and a graph whose quantizers
    /// were placed for another target is retargeted (<see cref="Retargeting"/>).
    /// </summary>
    /// <param name="calibrated">Not changed.</param>
    /// <param name="dialect">The form to write.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="GraphException">The graph is not quantized or not calibrated, or cannot be written in this dialect.</exception>
    public static DialectModel Build(Graph calibrated, Dialect dialect, DialectOptions? options = null)
    {
        options ??= new DialectOptions();
        var source = calibrated.Clone();
        LiftForeign(source);
        return dialect switch
        {
            Dialect.Float => new(dialect, FloatForm.Build(source)),
            Dialect.TensorRtQdq => new(dialect, TensorRtQdqForm.Build(For(QuantizationTarget.TensorRt, source), options)),
            Dialect.TensorRtCache => TensorRtCacheForm.Build(For(QuantizationTarget.TensorRt, source), options),
            Dialect.OrtCpu => new(dialect, OrtCpuForm.Build(For(QuantizationTarget.OrtCpu, source))),
            _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "not a dialect"),
        };
    }

    /// <summary>Q/DQ nodes become quantizers; their schemes tell which target they were made for.</summary>
    private static void LiftForeign(Graph graph)
    {
        if (!graph.Nodes.Exists(node => node.Is("DequantizeLinear")))
        {
            return;
        }

        // Exporters hide scales behind constant nodes and no-op casts.
        GraphSimplifier.Simplify(graph);
        new LiftQuantizers().Apply(graph);
        var isUnsigned = graph.Quantizers.Exists(quantizer => !quantizer.IsWeight && !quantizer.Scheme.IsSigned());
        graph.Metadata[QuantizerPlacement.TargetKey] = (isUnsigned ? QuantizationTarget.OrtCpu : QuantizationTarget.TensorRt).ToString();
    }

    private static Graph For(QuantizationTarget target, Graph source)
    {
        if (source.Quantizers.Count == 0)
        {
            throw new GraphException($"graph '{source.Name}' has no quantizers: place and calibrate them, or choose the float dialect");
        }

        OpsetUpgrade.Apply(source);
        return QuantizerPlacement.TargetOf(source) == target ? source : Retargeting.To(source, target);
    }
}
