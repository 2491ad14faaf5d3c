using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets;

/// <summary>Fills a placed graph's quantizers: weights by magnitude, activations by their extremes over one run in ONNX Runtime.</summary>
internal static class MinMaxCalibration
{
    public static Graph Calibrate(Graph graph, IReadOnlyDictionary<string, Tensor> inputs)
    {
        WeightRanges.Refresh(graph);
        var nodes = graph.Nodes.ToDictionary(node => node.Name);
        var activations = graph.Quantizers.Where(quantizer => !quantizer.IsWeight).ToDictionary(
            quantizer => quantizer, quantizer => quantizer.Uses.Select(use => nodes[use.Node].Inputs[use.Input]).Distinct().ToArray());

        var observed = graph.Clone();
        var tensors = activations.Values.SelectMany(names => names).Except(inputs.Keys).Except(graph.Outputs.Select(output => output.Name));
        observed.Outputs.AddRange(tensors.Select(name => new ValueInfo(name, ElementType.Float, null)));
        var values = OrtRunner.Run(observed, inputs).Concat(inputs).ToDictionary();
        foreach (var (quantizer, names) in activations)
        {
            var all = names.SelectMany(name => values[name].ToFloats()).ToArray();
            quantizer.Ranges = [new QuantizationRange(all.Min(), all.Max())];
        }

        ScaleUnification.UnifyRanges(graph);
        return graph;
    }
}
