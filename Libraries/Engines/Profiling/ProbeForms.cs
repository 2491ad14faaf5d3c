using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Engines.Profiling;

/// <summary>The forms that each network of a profile is measured in.</summary>
internal static class ProbeForms
{
    public const string Float = "float", Int8 = "int8", SevenBit = "int8-7bit", Mixed = "mixed";

    private static readonly QuantizationRange Values = new(-3, 5);

    /// <summary>
    /// Float; all on integers; with weights of 7 bits where asked for; every second layer on integers, which has a conversion between
    /// any two layers.
    /// </summary>
    public static IEnumerable<(string Form, Graph Graph)> Of(Graph network, bool withSevenBits)
    {
        yield return (Float, TargetRegistry.Build(network, FloatForm.Name).Graph);
        yield return (Int8, Build(Quantized(network, QuantizationScheme.SignedNarrow)));
        if (withSevenBits)
        {
            yield return (SevenBit, Build(Quantized(network, QuantizationScheme.SignedReduced)));
        }

        var mixed = Quantized(network, QuantizationScheme.SignedNarrow);
        var layers = QuantizerSelection.Layers(mixed);
        if (layers.Count > 1)
        {
            TargetRegistry.OrtCpu.LeaveFloat(mixed, layers.Where((_, index) => index % 2 == 1));
            yield return (Mixed, Build(mixed));
        }
    }

    private static Graph Quantized(Graph network, QuantizationScheme weights)
    {
        var graph = network.Clone();
        TargetRegistry.OrtCpu.Place(graph, new PlacementOptions { SkipNodes = [], WeightScheme = weights });
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [Values];
        }

        WeightRanges.Refresh(graph);
        TargetRegistry.Settle(graph);
        return graph;
    }

    private static Graph Build(Graph quantized) => TargetRegistry.OrtCpu.Build(quantized, TargetRegistry.OrtCpu.Forms[0]).Graph;
}
