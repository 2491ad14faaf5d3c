using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets.TorchInt8;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Torch.Tests.Support;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>Archives on LibTorch's quantized operators against integer arithmetic and against ONNX Runtime.</summary>
public sealed class TorchInt8ArchiveTests
{
    private const float InputScale = 1 / 255f;
    private const double MostDifferent = 0.005;

    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(2, 1, 1, true)]
    [InlineData(1, 0, 1, true)]
    [InlineData(1, 1, 4, false)]
    public void Conv_Codes_AreThoseOfIntegerArithmetic(int stride, int padding, int group, bool hasRelu)
    {
        var codes = Codes(1, 4 * 10 * 10, byte.MinValue, byte.MaxValue);
        var weights = Codes(2, 8 * (4 / group) * 3 * 3, -64, 63);
        float[] scales = [.. Enumerable.Range(1, 8).Select(channel => 0.001f * channel)];
        int[] biases = Codes(3, 8, -20000, 20000);
        var (outputScale, outputZero) = (0.0213f, hasRelu ? 0 : 117);
        var graph = new QdqSketch([1, 4, 10, 10], InputScale, 3);
        graph.Conv(weights, [8, 4 / group, 3, 3], scales, biases, stride, padding, group);
        if (hasRelu)
        {
            graph.Add("Relu", [graph.Last]);
        }

        var actual = graph.Run(outputScale, outputZero, [.. codes.Select(code => (code - 3) * InputScale)]);

        var expected = Convolve(codes, 3, weights, biases, stride, padding, group).Select(sum => Math.Clamp(
            (int)Math.Round(sum.Value * (double)InputScale * scales[sum.Channel] / outputScale) + outputZero, 0, 255));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    [InlineData("Concat")]
    [InlineData("MaxPool")]
    [InlineData("Resize")]
    [InlineData("Sigmoid")]
    [InlineData("HardSwish")]
    [InlineData("GlobalAveragePool")]
    [InlineData("Transpose")]
    [InlineData("Split")]
    [InlineData("Pad")]
    public void Operator_Codes_AreThoseOfOnnxRuntime(string operation)
    {
        var graph = new QdqSketch([1, 4, 10, 10], 0.04f, 100);
        var other = graph.Requantized(0.03f, 90);
        graph.Operator(operation, graph.Last, other);
        var values = RandomTensors.Uniform(5, -4, 6, 1, 4, 10, 10).ToFloats();

        AssertCodesAreThoseOfOnnxRuntime(graph, 0.04f, 100, values);
    }

    /// <summary>Kernels of depthwise convolutions add products in pairs of 16 bits, also on processors with VNNI.</summary>
    [Theory]
    [InlineData(8, 64)]
    [InlineData(128, 64)]
    [InlineData(128, 127)]
    public void DepthwiseConv_LargeProducts_CodesAreThoseOfOnnxRuntime(int channels, int largestWeight)
    {
        var graph = new QdqSketch([1, channels, 10, 10], InputScale, 0);
        graph.Conv(
            Codes(2, channels * 3 * 3, largestWeight / 2, largestWeight),
            [channels, 1, 3, 3],
            [.. Enumerable.Repeat(0.001f, channels)],
            Codes(3, channels, -20000, 20000),
            stride: 1,
            padding: 1,
            group: channels);

        AssertCodesAreThoseOfOnnxRuntime(
            graph, 0.006f, 0, [.. Codes(1, channels * 10 * 10, 128, byte.MaxValue).Select(code => code * InputScale)]);
    }

    [Fact]
    public void Write_UnknownOperator_NamesTheNode()
    {
        var graph = new QdqSketch([1, 4, 10, 10], 0.04f, 100);
        graph.Add("Erf", [graph.Last]);
        using var folder = new ScratchFolder();

        var error = Assert.Throws<GraphException>(() => TorchInt8Archive.Write(graph.Finished(1, 0), folder.PathOf("archive.pt")));

        Assert.Contains("Erf", error.Message, StringComparison.Ordinal);
    }

    private static void AssertCodesAreThoseOfOnnxRuntime(QdqSketch graph, float scale, int zeroPoint, float[] values)
    {
        var actual = graph.Run(scale, zeroPoint, values);
        var expected = graph.RunOnnx(values);
        var agreement = new CodeAgreement();
        agreement.Add(
            [.. expected.Select(code => (float)code)],
            [.. actual.Select(code => (float)code)],
            new QuantizationParameters(1, 0, byte.MinValue, byte.MaxValue));
        Assert.NotEqual(0, agreement.Count);
        Assert.InRange(agreement.LargestDifference, 0, 1);
        Assert.InRange(agreement.DifferentShare, 0, MostDifferent);
    }

    private static int[] Codes(int seed, int count, int lowest, int highest)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(lowest, highest + 1))];
    }

    private static IEnumerable<(int Channel, long Value)> Convolve(
        int[] codes, int zero, int[] weights, int[] biases, int stride, int padding, int group)
    {
        var size = ((10 + (2 * padding) - 3) / stride) + 1;
        var perGroup = 4 / group;
        for (var channel = 0; channel < 8; channel++)
        {
            for (var position = 0; position < size * size; position++)
            {
                var sum = (long)biases[channel];
                for (var tap = 0; tap < perGroup * 9; tap++)
                {
                    var input = (channel / (8 / group) * perGroup) + (tap / 9);
                    var row = (position / size * stride) - padding + (tap % 9 / 3);
                    var column = (position % size * stride) - padding + (tap % 3);
                    if (row is >= 0 and < 10 && column is >= 0 and < 10)
                    {
                        sum += (codes[(input * 100) + (row * 10) + column] - zero) * weights[(channel * perGroup * 9) + tap];
                    }
                }

                yield return (channel, sum);
            }
        }
    }
}
