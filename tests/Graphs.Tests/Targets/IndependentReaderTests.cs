using System.Globalization;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets;

/// <summary>The files of one network agree, as a reader finds who knows the formats and formulas, but none of our code.</summary>
public sealed class IndependentReaderTests : IDisposable
{
    /// <summary>Dividing by a scale that was itself rounded can miss a half by this much of a code.</summary>
    private const double NearHalf = 0.5 + 1e-3;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OrtCpu_WeightAndBiasCodes_AreThoseOfTheFoldedNetwork()
    {
        var graph = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.OrtCpu);
        TargetRegistry.Build(graph, "ort-cpu").Write(_folder.PathOf("model.onnx"));
        var file = WireModel.Read(_folder.PathOf("model.onnx"));

        var layers = file.Nodes.Where(node => node.Operator == "Conv" && file.ProducerOf(node.Inputs[1]) is not null).ToArray();

        Assert.Equal(56, layers.Length);
        Assert.All(layers, layer =>
        {
            var (weight, bias) = Folded(graph, layer.Outputs[0]);
            var (input, weightPair, biasPair) =
                (file.ProducerOf(layer.Inputs[0])!, file.ProducerOf(layer.Inputs[1])!, file.ProducerOf(layer.Inputs[2])!);
            var inputScale = file.Tensors[input.Inputs[1]].Values.Single();
            var scales = file.Tensors[weightPair.Inputs[1]].Values;
            AssertRounded(weight, file.Tensors[weightPair.Inputs[0]].Values, scales);
            Assert.Equal(
                scales.Select(scale => (double)((float)inputScale * (float)scale)), file.Tensors[biasPair.Inputs[1]].Values);
            AssertRounded(bias, file.Tensors[biasPair.Inputs[0]].Values, file.Tensors[biasPair.Inputs[1]].Values);
        });
    }

    [Fact]
    public void TensorRt_CacheAndPairs_HaveTheSameScalesAndWeightCodes()
    {
        var graph = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.TensorRt);
        TargetRegistry.Build(graph, "tensorrt-qdq").Write(_folder.PathOf("pairs.onnx"));
        TargetRegistry.Build(graph, "tensorrt-implicit").Write(_folder.PathOf("plain.onnx"));
        var (pairs, plain) = (WireModel.Read(_folder.PathOf("pairs.onnx")), WireModel.Read(_folder.PathOf("plain.onnx")));
        var cache = File.ReadLines(_folder.PathOf("plain.cache")).Skip(1).Where(line => line.Length > 0).ToDictionary(
            line => line[..line.LastIndexOf(':')],
            line => (double)BitConverter.Int32BitsToSingle(int.Parse(line[^8..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

        var quantizers = pairs.Nodes.Where(node => node.Operator == "QuantizeLinear").ToLookup(
            node => pairs.Tensors.ContainsKey(node.Inputs[0]));
        Assert.NotEmpty(quantizers[false]);
        Assert.All(quantizers[false], node => Assert.Equal(pairs.Tensors[node.Inputs[1]].Values.Single(), cache[node.Inputs[0]]));

        Assert.Equal(58, quantizers[true].Count());
        Assert.All(quantizers[true], node =>
        {
            var scales = pairs.Tensors[node.Inputs[1]].Values;
            var written = pairs.Tensors[node.Inputs[0]].Values;
            var inner = written.Length / scales.Length;
            var derived = plain.Tensors[node.Inputs[0]].Values.Chunk(inner)
                .SelectMany(channel => channel.Select(value => Math.Round(value / (channel.Max(Math.Abs) / 127))));
            Assert.Equal(derived, written.Select((value, position) => Math.Round(value / scales[position / inner])));
        });
    }

    private static void AssertRounded(double[] values, double[] codes, double[] scales)
    {
        var inner = values.Length / scales.Length;
        Assert.Equal(values.Length, codes.Length);
        Assert.All(codes, (code, position) =>
            Assert.InRange(Math.Abs((values[position] / scales[position / inner]) - code), 0, NearHalf + (1e-6 * Math.Abs(code))));
    }

    /// <summary>Weight and bias of the convolution whose output, after batch normalization, has the name.</summary>
    private static (double[] Weight, double[] Bias) Folded(Graph graph, string output)
    {
        double[] Of(string name) => [.. graph.Initializers[name].ToFloats().Select(value => (double)value)];
        var last = graph.Nodes.Single(node => node.Outputs[0] == output || node.Outputs[0] == $"{output}_detached");
        var layer = last.OpType == "Conv" ? last : graph.Nodes.Single(node => node.Outputs[0] == last.Inputs[0]);
        var weight = Of(layer.Inputs[1]);
        var bias = layer.Inputs.Count > 2 ? Of(layer.Inputs[2]) : new double[graph.Initializers[layer.Inputs[1]].Dimensions[0]];
        if (last.OpType == "BatchNormalization")
        {
            var (gamma, beta, mean, variance) = (Of(last.Inputs[1]), Of(last.Inputs[2]), Of(last.Inputs[3]), Of(last.Inputs[4]));
            var inner = weight.Length / bias.Length;
            var factor = gamma.Select((value, channel) => value / Math.Sqrt(variance[channel] + last.Float("epsilon", 1e-5f))).ToArray();
            weight = [.. weight.Select((value, position) => value * factor[position / inner])];
            bias = [.. bias.Select((value, channel) => ((value - mean[channel]) * factor[channel]) + beta[channel])];
        }

        return (weight, bias);
    }
}
