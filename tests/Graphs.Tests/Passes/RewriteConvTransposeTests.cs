using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Graphs.Tests.Passes;

public sealed class RewriteConvTransposeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TwoByTwoStrideTwo_BecomesConvAndDepthToSpace(bool withBias)
    {
        var graph = Upsampling(withBias);

        Assert.True(PassCheck.Apply(new RewriteConvTransposeAsConvDepthToSpace(), graph));

        Assert.Equal(["Conv", "DepthToSpace"], graph.Operators());
        Assert.Equal("y", graph.Nodes[1].Outputs[0]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(null, true)]
    [InlineData(0, false)]
    public void WeightQuantizer_MovesWhereItCan(int? axis, bool moves)
    {
        var graph = Upsampling(withBias: true);
        var quantizer = new Quantizer("q", QuantizationScheme.SignedNarrow)
        {
            IsWeight = true,
            Axis = axis,
            Ranges =
                [.. Enumerable
                    .Range(0, axis switch { 1 => 5, 0 => 4, _ => 1 })
                    .Select(channel => QuantizationRange.FromAmax(1.5f + (0.2f * channel)))],
        };
        quantizer.Uses.Add(new QuantizerUse("y.ConvTranspose", 1));
        graph.Quantizers.Add(quantizer);

        Assert.Equal(moves, PassCheck.Apply(new RewriteConvTransposeAsConvDepthToSpace(), graph));
    }

    [Fact]
    public void OverlappingWindows_AreLeftAlone()
    {
        var graph = new GraphBuilder().Input("x", 1, 4, 5, 6).Constant("w", Normal(1, 4, 5, 3, 3))
            .Node("ConvTranspose", "x w", "y", ("strides", new long[] { 2, 2 })).Output("y").Graph;

        Assert.False(PassCheck.Apply(new RewriteConvTransposeAsConvDepthToSpace(), graph));
    }

    private static Graph Upsampling(bool withBias)
    {
        var builder = new GraphBuilder().Input("x", 1, 4, 5, 6).Constant("w", Normal(1, 4, 5, 2, 2));
        return (withBias ? builder.Constant("b", Normal(2, 5)) : builder)
            .Node("ConvTranspose", withBias ? "x w b" : "x w", "y", ("strides", new long[] { 2, 2 })).Output("y").Graph;
    }
}
