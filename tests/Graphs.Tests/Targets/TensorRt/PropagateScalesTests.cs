using QatPipeline.Graphs.Targets.TensorRt;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets.TensorRt;

/// <summary>The propagation rules of reference 7.3.</summary>
public sealed class PropagateScalesTests
{
    [Fact]
    public void PoolingPyramid_GivesEveryTensorTheScale()
    {
        var graph = new GraphBuilder().Input("x", 1, 4, 8, 8)
            .Node("Relu", "x", "x1")
            .Node("MaxPool", "x1", "y1")
            .Node("MaxPool", "y1", "y2")
            .Node("MaxPool", "y2", "y3")
            .Node("Concat", "x1 y1 y2 y3", "c", ("axis", 1L))
            .Output("c").Graph;

        var scales = PropagateScales.Apply(graph, new Dictionary<string, float> { ["x1"] = 0.5f, ["y1"] = 0.5f, ["y2"] = 0.5f });

        Assert.Equal(0.5f, scales["y3"]);
        Assert.Equal(0.5f, scales["c"]);
    }

    [Fact]
    public void ConcatInputWithoutScale_TakesTheOutputs_OthersStay()
    {
        var graph = new GraphBuilder().Input("d", 1, 4).Input("f", 1, 4).Node("Concat", "d f", "c", ("axis", 1L)).Output("c").Graph;

        var scales = PropagateScales.Apply(graph, new Dictionary<string, float> { ["c"] = 0.25f, ["f"] = 0.125f });

        Assert.Equal(0.25f, scales["d"]);
        Assert.Equal(0.125f, scales["f"]);
    }

    [Fact]
    public void TensorsBetweenConvAndRelu_TakeTheRelusScale()
    {
        var graph = new GraphBuilder().Input("x", 1, 4, 8, 8)
            .Node("Conv", "x w", "a")
            .Node("BatchNormalization", "a g b m v", "n")
            .Node("Relu", "n", "y")
            .Node("Sigmoid", "y", "s")
            .Output("s").Graph;

        var scales = PropagateScales.Apply(graph, new Dictionary<string, float> { ["y"] = 0.1f });

        Assert.Equal((0.1f, 0.1f, 1f / 127), (scales["a"], scales["n"], scales["s"]));
    }

    [Fact]
    public void SiluInput_StaysUnset()
    {
        var graph = new GraphBuilder()
            .Input("x", 1, 4, 8, 8)
            .Node("Conv", "x w", "a")
            .Node("Sigmoid", "a", "s")
            .Node("Mul", "a s", "y")
            .Output("y").Graph;

        Assert.DoesNotContain("a", PropagateScales.Apply(graph, new Dictionary<string, float> { ["x"] = 1, ["y"] = 1 }).Keys);
    }

    [Fact]
    public void ReshapeAndSplit_PassScalesBothWays()
    {
        var graph = new GraphBuilder()
            .Input("x", 1, 4)
            .Node("Reshape", "x t", "r")
            .Node("Transpose", "r", "p")
            .Node("Split", "p", "s1 s2")
            .Output("s1").Graph;

        var scales = PropagateScales.Apply(graph, new Dictionary<string, float> { ["p"] = 2 });

        Assert.Equal((2f, 2f, 2f, 2f), (scales["x"], scales["r"], scales["s1"], scales["s2"]));
    }
}
