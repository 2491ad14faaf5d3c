using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Placement;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Graphs.Linting;

/// <summary>
/// Says beforehand what a target will make of a quantized graph: which Q/DQ pairs stop a fusion, which tensors are requantized, which
/// operators stay float, and what to do about it.
/// </summary>
public static class GraphLinter
{
    /// <param name="graph">A model with Q/DQ nodes, or a graph with placed quantizers, calibrated or not. Not changed.</param>
    /// <param name="target">Whose rules apply.</param>
    public static LintReport Lint(Graph graph, QuantizationTarget target)
    {
        var explicitGraph = Explicit(graph, target);
        if (!explicitGraph.Nodes.Exists(node => node.Is("QuantizeLinear") || node.Is("DequantizeLinear")))
        {
            var finding = new LintFinding(
                LintSeverity.Warning,
                "not-quantized",
                [],
                "The graph has no quantizers: everything runs in float.",
                "Quantize it with `qat calibrate`.");
            return new LintReport(target, [finding], []);
        }

        if (target == QuantizationTarget.TensorRt)
        {
            return new LintReport(target, [.. TensorRtLint.Findings(explicitGraph)], []);
        }

        var fusion = new OrtCpuFusion(explicitGraph);
        return new LintReport(target, [.. OrtCpuLint.Findings(explicitGraph, fusion)], fusion.Kernels);
    }

    /// <summary>
    /// Placed quantizers as nodes. Uncalibrated ones get made-up ranges that differ from group to group, as calibrated ones would.
    /// </summary>
    private static Graph Explicit(Graph graph, QuantizationTarget target)
    {
        var copy = graph.Clone();
        if (copy.Quantizers.Count == 0)
        {
            return copy;
        }

        GraphSimplifier.Deploy(copy);
        var amax = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var quantizer in copy.Quantizers.Where(quantizer => !quantizer.IsCalibrated && !quantizer.IsWeight))
        {
            var group = quantizer.Group ?? quantizer.Name;
            amax.TryAdd(group, amax.Count + 1);
            quantizer.Ranges =
            [
                new QuantizationRange(quantizer.Scheme == QuantizationScheme.UnsignedNonNegative ? 0 : -amax[group], amax[group]),
            ];
        }

        if (copy.Quantizers.Exists(quantizer => quantizer is { IsWeight: true, IsCalibrated: false }))
        {
            WeightRanges.Refresh(copy);
        }

        QuantizerMaterializer.Materialize(copy, pairPerUse: target == QuantizationTarget.TensorRt);
        new RemoveIdentity().Apply(copy);
        if (target == QuantizationTarget.OrtCpu)
        {
            IntegerHardSwish.Apply(copy);
        }

        return copy;
    }
}
