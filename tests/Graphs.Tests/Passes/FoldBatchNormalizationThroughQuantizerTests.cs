using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Graphs.Tests.Passes;

public sealed class FoldBatchNormalizationThroughQuantizerTests
{
    [Theory]
    [InlineData("Conv", 0)]
    [InlineData("Conv", null)]
    [InlineData("ConvTranspose", 1)]
    [InlineData("ConvTranspose", null)]
    [InlineData("Gemm", 1)]
    public void Codes_AreTheSameUpToTheSignOfGamma(string layer, int? axis)
    {
        long[] shape = layer switch { "Conv" => [5, 4, 3, 3], "Gemm" => [4, 5], _ => [4, 5, 2, 2] };
        var graph = Quantized(layer, shape, axis);
        var gamma = graph.Initializers["gamma"].ToFloats();
        var before = Codes(graph);

        Assert.True(PassCheck.Apply(new FoldBatchNormalizationThroughQuantizer(), graph));

        Assert.Single(graph.Nodes);
        var after = Codes(graph);
        var channelAxis = layer == "Conv" ? 0 : 1;
        var inner = shape.Skip(channelAxis + 1).Aggregate(1L, (product, dimension) => product * dimension);
        Assert.Contains(gamma, value => value < 0);
        Assert.All(Enumerable.Range(0, before.Length), position =>
            Assert.Equal(before[position] * Math.Sign(gamma[position / inner % gamma.Length]), after[position]));
    }

    [Fact]
    public void ChannelWithZeroGamma_BecomesZerosWithAUsableScale()
    {
        var graph = Quantized("Conv", [5, 4, 3, 3], 0);
        var gamma = graph.Initializers["gamma"].ToFloats();
        gamma[2] = 0;
        graph.Initializers["gamma"] = Tensor.FromFloats([5], gamma);

        Assert.True(PassCheck.Apply(new FoldBatchNormalizationThroughQuantizer(), graph));

        Assert.All(graph.Initializers["w"].ToFloats()[72..108], value => Assert.Equal(0, value));
        Assert.True(graph.Quantizers[0].Ranges[2].Amax > 0);
    }

    [Fact]
    public void QuantizerPerInputChannel_KeepsTheNormalization()
    {
        var graph = Quantized("ConvTranspose", [4, 5, 2, 2], 0);

        Assert.False(PassCheck.Apply(new FoldBatchNormalizationThroughQuantizer(), graph));
        Assert.False(PassCheck.Apply(new FoldBatchNormalization(), graph));
    }

    [Fact]
    public void DisabledQuantizer_FoldsInFloatAndMovesTheRanges()
    {
        var graph = Quantized("Conv", [5, 4, 3, 3], 0);
        graph.Quantizers[0].IsEnabled = false;
        var before = graph.Quantizers[0].Ranges;

        Assert.True(PassCheck.Apply(new FoldBatchNormalizationThroughQuantizer(), graph));

        Assert.NotEqual(before, graph.Quantizers[0].Ranges);
    }

    private static Graph Quantized(string layer, long[] shape, int? axis)
    {
        var weight = Normal(1, shape);
        var graph = BatchNormalizationGraphs.Create(layer, weight, 5, withBias: true);
        var largest = weight.ToFloats().Max(MathF.Abs);
        var count = axis is { } index ? shape[index] : 1;
        var quantizer = new Quantizer("q", QuantizationScheme.SignedNarrow)
        {
            IsWeight = true,
            Axis = axis,

            // Smaller than the weights: clipped codes must survive as well.
            Ranges =
                [.. Enumerable.Range(0, (int)count).Select(channel => QuantizationRange.FromAmax(largest * (0.5f + (0.07f * channel))))],
        };
        quantizer.Uses.Add(new QuantizerUse(graph.Nodes[0].Name, 1));
        graph.Quantizers.Add(quantizer);
        return graph;
    }

    private static int[] Codes(Graph graph)
    {
        var (weight, quantizer) = (graph.Initializers["w"], graph.Quantizers[0]);
        var inner = quantizer.Axis is { } axis
            ? weight.Dimensions.Skip(axis + 1).Aggregate(1L, (product, dimension) => product * dimension)
            : weight.Length;
        return [.. weight.ToFloats().Select((value, position) =>
            QuantizationParameters
                .Create(quantizer.Scheme, quantizer.Ranges[(int)(position / inner % quantizer.Ranges.Count)])
                .Quantize(value))];
    }
}
