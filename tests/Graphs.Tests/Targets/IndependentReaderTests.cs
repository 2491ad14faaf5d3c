using System.Globalization;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Quantizers;

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
        var (network, file) = (Simulated(graph), WireModel.Read(_folder.PathOf("model.onnx")));

        var layers = file.Nodes.Where(node => node.Operator == "Conv" && file.ProducerOf(node.Inputs[1]) is not null).ToArray();

        Assert.Equal(56, layers.Length);
        Assert.All(layers, layer =>
        {
            var folded = WireLayer.Of(network, layer.Outputs[0]);
            var (input, weightPair, biasPair) =
                (file.ProducerOf(layer.Inputs[0])!, file.ProducerOf(layer.Inputs[1])!, file.ProducerOf(layer.Inputs[2])!);
            var inputScale = file.Tensors[input.Inputs[1]].Values.Single();
            var scales = file.Tensors[weightPair.Inputs[1]].Values;
            AssertRounded(folded.Weight, file.Tensors[weightPair.Inputs[0]].Values, scales, largest: 127);
            Assert.Equal(
                scales.Select(scale => (double)((float)inputScale * (float)scale)), file.Tensors[biasPair.Inputs[1]].Values);
            AssertRounded(
                folded.Bias, file.Tensors[biasPair.Inputs[0]].Values, file.Tensors[biasPair.Inputs[1]].Values, largest: int.MaxValue);
        });
    }

    [Fact]
    public void TensorRt_CacheAndPairs_HaveTheSameScalesAndWeightCodes()
    {
        var graph = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.TensorRt);
        TargetRegistry.Build(graph, "tensorrt-qdq").Write(_folder.PathOf("pairs.onnx"));
        TargetRegistry.Build(graph, "tensorrt-implicit").Write(_folder.PathOf("plain.onnx"));
        var (pairs, plain) = (WireModel.Read(_folder.PathOf("pairs.onnx")), WireModel.Read(_folder.PathOf("plain.onnx")));
        var network = Simulated(graph);
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
            double[] codes = [.. written.Select((value, position) => Math.Round(value / scales[position / inner]))];
            Assert.Equal(derived, codes);
            var pair = pairs.Nodes.Single(reader => reader.Inputs[0] == node.Outputs[0]).Outputs[0];
            var layer = pairs.Nodes.Single(reader => reader.Inputs.Contains(pair));
            AssertRounded(WireLayer.Of(network, layer.Outputs[0]).Weight, codes, scales, largest: 127);
        });
    }

    private static void AssertRounded(double[] values, double[] codes, double[] scales, double largest)
    {
        Assert.Equal(values.Length, codes.Length);
        Assert.InRange(WireLayer.LargestRest(values, codes, scales, largest), 0, NearHalf);
    }

    private WireModel Simulated(Graph graph)
    {
        OnnxWriter.Write(graph, _folder.PathOf("network.onnx"));
        return WireModel.Read(_folder.PathOf("network.onnx"));
    }
}
