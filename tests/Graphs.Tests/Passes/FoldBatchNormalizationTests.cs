using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Graphs.Tests.Passes;

public sealed class FoldBatchNormalizationTests
{
    public static TheoryData<string, Graph> Layers() => new()
    {
        { "conv", BatchNormalizationGraphs.Create("Conv", Normal(1, 5, 4, 3, 3), 5) },
        { "conv with bias", BatchNormalizationGraphs.Create("Conv", Normal(1, 5, 4, 3, 3), 5, withBias: true) },
        { "depthwise conv", BatchNormalizationGraphs.Create("Conv", Normal(1, 4, 1, 3, 3), 4, false, ("group", 4L)) },
        {
            "transposed conv",
            BatchNormalizationGraphs.Create("ConvTranspose", Normal(1, 4, 5, 2, 2), 5, withBias: true, ("strides", new long[] { 2, 2 }))
        },
        { "grouped transposed conv", BatchNormalizationGraphs.Create("ConvTranspose", Normal(1, 4, 3, 2, 2), 6, false, ("group", 2L)) },
        { "gemm", BatchNormalizationGraphs.Create("Gemm", Normal(1, 4, 5), 5, withBias: true, ("beta", 0.5f), ("alpha", 2f)) },
        { "gemm transposed", BatchNormalizationGraphs.Create("Gemm", Normal(1, 5, 4), 5, false, ("transB", 1L)) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Layers))]
    public void Layer_AbsorbsTheNormalization(string name, Graph graph)
    {
        Assert.True(PassCheck.Apply(new FoldBatchNormalization(), graph), name);

        Assert.Single(graph.Nodes);
        Assert.Equal("y", graph.Nodes[0].Outputs[0]);
    }

    [Fact]
    public void SharedWeight_IsFoldedForOneLayerOnly()
    {
        var graph = BatchNormalizationGraphs.Create("Conv", Normal(1, 5, 4, 3, 3), 5);
        graph.Nodes.Add(new Node("other", "Conv", ["x", "w"], ["z"]));
        graph.Outputs.Add(new ValueInfo("z", ElementType.Float, null));

        Assert.True(PassCheck.Apply(new FoldBatchNormalization(), graph));

        Assert.Equal("w", graph.Nodes.Single(node => node.Name == "other").Inputs[1]);
    }

    [Fact]
    public void ValueBetweenThatIsAnOutput_KeepsTheNormalization()
    {
        var graph = BatchNormalizationGraphs.Create("Conv", Normal(1, 5, 4, 3, 3), 5);
        graph.Outputs.Add(new ValueInfo("a", ElementType.Float, null));

        Assert.False(PassCheck.Apply(new FoldBatchNormalization(), graph));
    }
}
