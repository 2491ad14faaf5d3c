using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Tests.Support;

/// <summary>Applies a pass and proves through ONNX Runtime that the graph still computes the same, quantizers included.</summary>
internal static class PassCheck
{
    /// <returns>True when the pass changed the graph.</returns>
    public static bool Apply(IGraphPass pass, Graph graph, float tolerance = 1e-5f)
    {
        ShapeInference.Apply(graph);
        var inputs = RandomTensors.InputsOf(graph, seed: 11);
        var expected = OrtRunner.Run(QuantizerSimulation.Expand(graph), inputs);

        var changed = pass.Apply(graph);

        Assertions.Close(expected, OrtRunner.Run(QuantizerSimulation.Expand(graph), inputs), tolerance);
        return changed;
    }

    public static string[] Operators(this Graph graph) => [.. graph.Nodes.Select(node => node.OpType)];
}
