using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Passes;

public sealed class FuseActivationTests
{
    [Fact]
    public void LogisticDivision_BecomesSigmoidAndMul()
    {
        var graph = Start().Node("Neg", "x", "n").Node("Exp", "n", "e").Node("Add", "e one", "d").Node("Div", "x d", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new FuseSilu(), graph));

        Assert.Equal(["Sigmoid", "Mul"], graph.Operators());
        AssertActivation(ActivationKind.Silu, graph);
    }

    [Theory]
    [InlineData("Div", "one d")]
    [InlineData("Reciprocal", "d")]
    public void LogisticFunction_BecomesSigmoid(string opType, string inputs)
    {
        var graph = Start()
            .Node("Neg", "x", "n")
            .Node("Exp", "n", "e")
            .Node("Add", "one e", "d")
            .Node(opType, inputs, "y")
            .Output("y").Graph;

        Assert.True(PassCheck.Apply(new FuseSilu(), graph));

        Assert.Equal(["Sigmoid"], graph.Operators());
    }

    [Fact]
    public void GateFirst_IsReordered()
    {
        var graph = Start().Node("Sigmoid", "x", "s").Node("Mul", "s x", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new FuseSilu(), graph));

        Assert.Equal(["x", "s"], graph.Nodes[1].Inputs);
        Assert.False(new FuseSilu().Apply(graph));
    }

    [Theory]
    [InlineData(17)]
    [InlineData(13)]
    public void HardSwishWrittenOut_IsFused(int opset)
    {
        foreach (var (opType, constant) in new[] { ("Div", "six"), ("Mul", "sixth") })
        {
            var graph = Start(opset)
                .Node("Add", "x three", "a")
                .Node("Clip", "a zero six", "c")
                .Node("Mul", "x c", "m")
                .Node(opType, $"m {constant}", "y")
                .Output("y").Graph;

            Assert.True(PassCheck.Apply(new FuseHardSwish(), graph));

            Assert.Equal(opset >= 14 ? ["HardSwish"] : ["HardSigmoid", "Mul"], graph.Operators());
            AssertActivation(ActivationKind.HardSwish, graph);
        }
    }

    [Fact]
    public void HardSigmoidTimesInput_IsFused()
    {
        var graph = Start()
            .Node("Add", "three x", "a")
            .Node("Clip", "a zero six", "c")
            .Node("Div", "c six", "g")
            .Node("Mul", "g x", "y")
            .Output("y").Graph;

        Assert.True(PassCheck.Apply(new FuseHardSwish(), graph));

        Assert.Equal(["HardSwish"], graph.Operators());
    }

    [Fact]
    public void OtherBounds_AreLeftAlone()
    {
        var graph = Start().Node("Add", "x three", "a").Node("Clip", "a one six", "c").Node("Div", "c six", "y").Output("y").Graph;

        Assert.False(PassCheck.Apply(new FuseHardSwish(), graph));
    }

    [Fact]
    public void GateThatIsAnOutput_IsLeftAlone()
    {
        var graph = Start().Node("HardSigmoid", "x", "g", ("alpha", 1 / 6f)).Node("Mul", "x g", "y").Output("y").Output("g").Graph;

        Assert.False(PassCheck.Apply(new FuseHardSwish(), graph));
    }

    private static GraphBuilder Start(int opset = 17) => new GraphBuilder(opset)
        .Input("x", 2, 9)
        .Constant("zero", Tensor.Scalar(0f)).Constant("one", Tensor.Scalar(1f)).Constant("three", Tensor.Scalar(3f))
        .Constant("six", Tensor.Scalar(6f)).Constant("sixth", Tensor.Scalar(1 / 6f));

    private static void AssertActivation(ActivationKind kind, Graph graph)
    {
        var match = Assert.Single(graph.Nodes.Select(node => ActivationPatterns.Match(node, graph.Link())).OfType<ActivationMatch>());
        Assert.Equal((kind, "x", "y"), (match.Kind, match.Input, match.Output));
    }
}
