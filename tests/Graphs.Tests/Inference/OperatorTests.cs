using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Inference;

/// <summary>Every operator rule against what ONNX Runtime really gives.</summary>
public sealed class OperatorTests
{
    public static TheoryData<string> Cases() => [.. OperatorCases.All.Keys];

    public static TheoryData<string> FoldingCases() => [.. OperatorCases.All.Values.Where(item => item.Folds).Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void InferredShape_IsTheOneOnnxRuntimeGives(string name)
    {
        var item = OperatorCases.All[name];
        var graph = item.ToGraph(allConstant: false);

        ShapeInference.Apply(graph);

        var expected = OrtRunner.Run(graph, item.Feeds());
        Assert.All(graph.Outputs, output =>
        {
            Assert.Equal(expected[output.Name].Type, output.Type);
            Assert.Equal(item.HasOpenShape ? null : expected[output.Name].Dimensions, output.StaticShape);
            Assert.Equal(expected[output.Name].Rank, output.Shape?.Count);
        });
    }

    [Theory]
    [MemberData(nameof(FoldingCases))]
    public void FoldedConstant_IsTheTensorOnnxRuntimeGives(string name)
    {
        var item = OperatorCases.All[name];
        var expected = OrtRunner.Run(Inferred(item.ToGraph(allConstant: false)), item.Feeds());

        var actual = FoldConstantsOf(Inferred(item.ToGraph(allConstant: true)));

        Assertions.Close(expected, actual, tolerance: 1e-6f);
    }

    private static Graph Inferred(Graph graph)
    {
        ShapeInference.Apply(graph);
        return graph;
    }

    /// <summary>Folds the operator behind Identity nodes that keep the outputs' names, and reads their inputs.</summary>
    private static Dictionary<string, Tensor> FoldConstantsOf(Graph graph)
    {
        var node = graph.Nodes[0];
        for (var index = 0; index < node.Outputs.Count; index++)
        {
            var output = node.Outputs[index];
            node.Outputs[index] = $"{output}.inner";
            graph.Nodes.Add(new Node($"id{index}", "Identity", [node.Outputs[index]], [output]));
        }

        new FoldConstants().Apply(graph);

        return graph.Nodes.ToDictionary(identity => identity.Outputs[0], identity => graph.Initializers[identity.Inputs[0]]);
    }
}
