using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Passes;

public sealed class CleanupTests
{
    [Fact]
    public void RemoveIdentity_KeepsVisibleNames()
    {
        var graph = new GraphBuilder().Input("x", 2, 3)
            .Node("Identity", "x", "a").Node("Relu", "a", "b").Node("Dropout", "b", "c").Node("Identity", "c", "y").Node("Neg", "b", "z")
            .Output("y").Output("z").Graph;

        Assert.True(PassCheck.Apply(new RemoveIdentity(), graph));

        Assert.Equal(["Relu", "Neg"], graph.Operators());
        Assert.Equal("y", graph.Nodes[0].Outputs[0]);
        Assert.Equal(["x"], graph.Nodes[0].Inputs);
        Assert.Equal(["y"], graph.Nodes[1].Inputs);
    }

    [Fact]
    public void RemoveIdentity_BetweenInputAndOutput_Stays()
    {
        var graph = new GraphBuilder().Input("x", 2, 3).Node("Identity", "x", "y").Output("y").Graph;

        Assert.False(PassCheck.Apply(new RemoveIdentity(), graph));
    }

    [Fact]
    public void RemoveIdentity_RemovesWhatDoesNothing()
    {
        var graph = new GraphBuilder().Input("x", 2, 3)
            .Node("Cast", "x", "a", ("to", 1L))
            .Node("Transpose", "a", "b", ("perm", new long[] { 0, 1 }))
            .Node("Concat", "b", "c", ("axis", 0L))
            .Node("Relu", "c", "y")
            .Output("y").Graph;

        Assert.True(PassCheck.Apply(new RemoveIdentity(), graph));

        Assert.Equal(["Relu"], graph.Operators());
    }

    [Fact]
    public void RemoveDeadNodes_RemovesUnusedNodesAndInitializers()
    {
        var graph = new GraphBuilder().Input("x", 2, 3).Constant("unused", Tensor.Scalar(1f))
            .Node("Shape", "x", "s").Node("Cast", "s", "dead", ("to", 1L)).Node("Relu", "x", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new RemoveDeadNodes(), graph));

        Assert.Equal(["Relu"], graph.Operators());
        Assert.Empty(graph.Initializers);
        Assert.DoesNotContain("s", graph.Values.Keys);
    }

    [Fact]
    public void FoldConstants_LeavesQuantizedConstants()
    {
        var graph = new GraphBuilder()
            .Input("x", 3)
            .Constant("w", Tensor.FromFloats([3], 1, 2, 3))
            .Node("Neg", "w", "n")
            .Node("Add", "x n", "y")
            .Output("y").Graph;
        var quantizer = new Quantizer("q", QuantizationScheme.SignedNarrow) { IsWeight = true, Ranges = [new(-3, 3)] };
        quantizer.Uses.Add(new QuantizerUse("n.Neg", 0));
        graph.Quantizers.Add(quantizer);

        Assert.False(PassCheck.Apply(new FoldConstants(), graph));

        graph.Quantizers.Clear();
        Assert.True(PassCheck.Apply(new FoldConstants(), graph));
        Assert.Equal(["Add"], graph.Operators());
    }

    [Fact]
    public void PassPipeline_ReportsWhatChanged()
    {
        var graph = new GraphBuilder().Input("x", 2, 3).Node("Identity", "x", "a").Node("Relu", "a", "y").Output("y").Graph;

        Assert.Equal([new PassRecord(nameof(RemoveIdentity), 2, 1)], GraphSimplifier.Simplify(graph));
    }
}
