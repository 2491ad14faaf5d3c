using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Operators;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>The list of operators that users read is the one the executor has, and each of them is compared with ONNX Runtime.</summary>
public sealed class SupportedOperatorsTests
{
    // Compared elsewhere: an identity in a float network, codes, of which there are no inputs, and what an older operator set called it.
    private static readonly string[] ComparedElsewhere = ["Dropout", "QuantizeLinear", "Upsample", "Scatter"];

    [Fact]
    public void Documentation_ListsExactlyTheSupportedOperators()
    {
        var text = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "operators.md"));
        var start = text.IndexOf("<!-- operators -->", StringComparison.Ordinal);
        var end = text.IndexOf("<!-- /operators -->", StringComparison.Ordinal);

        var listed = text[start..end].Split('`').Where((_, index) => index % 2 == 1);

        Assert.Equal(SupportedOperators.Names, listed);
    }

    [Fact]
    public void EverySupportedOperator_IsComparedWithOnnxRuntime()
    {
        var compared = OperatorCases.All.Values.Select(item => item.Node.OpType).Concat(ComparedElsewhere);

        Assert.Empty(SupportedOperators.Names.Except(compared));
    }

    [Fact]
    public void Require_OperatorsBeyond_NamesAllOfThemWithANode()
    {
        var graph = new Graph("test", 17);
        graph.Nodes.Add(new Node("a", "Relu", ["x"], ["y"]));
        graph.Nodes.Add(new Node("b", "Relu", ["y"], ["z"], "com.example"));
        graph.Nodes.Add(new Node("c", "If", ["z"], ["w"]));

        var error = Assert.Throws<TorchExecutionException>(() => SupportedOperators.Require(graph));

        Assert.Contains("com.example.Relu (node 'b'), If (node 'c')", error.Message, StringComparison.Ordinal);
        Assert.Contains("Bodies of If, Loop and Scan are not looked into", error.Message, StringComparison.Ordinal);
        Assert.Equal(["If", "com.example.Relu"], SupportedOperators.MissingOf(graph));
    }
}
