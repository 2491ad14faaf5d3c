using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Targets.TorchInt8;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Torch.Tests.Support;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>The fake-quantized network and the optimized ONNX Runtime engine, tensor by tensor, each running freely.</summary>
public sealed class EngineAgreementTests
{
    private const double MostDifferent = 0.005;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OrtCpu_CodesAreThoseSimulated(bool withBatchNorm) => AssertAgrees(Calibrated(SmallDetectors.ConvChain(withBatchNorm)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OrtCpu_BiasThatOverflowsInt32_CodesAreThoseSimulated(bool withBatchNorm)
    {
        var graph = Calibrated(WithTinyChannel(SmallDetectors.ConvChain(withBatchNorm)));

        AssertAgrees(graph);

        // The channel is its bias: were that lost, the float network would be far away.
        using var network = new TorchNetwork(graph, CPU);
        using var scope = NewDisposeScope();
        var images = SmallDetectors.Batch(3, 2).ToTensor(CPU);
        var expected = network.Forward(images, ["relu0"])["relu0"].ToFloats();
        network.Mode = ExecutionMode.FakeQuantize;
        var actual = network.Forward(images, ["relu0"])["relu0"].ToFloats();
        Assert.InRange(expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 0.1);
    }

    [Fact]
    public void WriteBack_AfterWeightsShrank_HasTheRangesThatWereSimulated()
    {
        var graph = Calibrated(SmallDetectors.ConvChain(withBatchNorm: true));
        using var network = new TorchNetwork(graph, CPU) { Mode = ExecutionMode.FakeQuantize, RefreshesWeightRanges = true };
        using (no_grad())
        {
            network.Parameters.First(parameter => parameter.Name == "conv0.weight").Value[2].mul_(1e-7);
        }

        using var scope = NewDisposeScope();
        var images = SmallDetectors.Batch(3, 2).ToTensor(CPU);
        var simulated = network.Forward(images)["out"].ToFloats();
        var trained = network.WriteBack();

        using var restored = new TorchNetwork(trained, CPU) { Mode = ExecutionMode.FakeQuantize };
        Assert.Equal(simulated, restored.Forward(images)["out"].ToFloats());
        AssertAgrees(trained);
    }

    [Fact]
    public void WriteBack_ImplicitTensorRt_ChannelShortOfItsRange_KeepsItsScale()
    {
        var graph = Calibrated(SmallDetectors.ConvChain(withBatchNorm: true), TargetRegistry.TensorRt);
        using var network = new TorchNetwork(graph, CPU) { Mode = ExecutionMode.FakeQuantize };
        using (no_grad())
        {
            network.Parameters.First(parameter => parameter.Name == "conv0.weight").Value[2].mul_(0.97);
        }

        var trained = network.WriteBack();

        Assert.Empty(EqualityCertificate.Compare(trained, TargetRegistry.Build(trained, "tensorrt-implicit")).Differences);
        Assert.Equal(
            graph.Quantizers.Select(quantizer => quantizer.Ranges[^1]), trained.Quantizers.Select(quantizer => quantizer.Ranges[^1]));
        var moved = network.Parameters.First(parameter => parameter.Name == "conv0.weight").Value.ToFloats()
            .Zip(trained.Initializers["conv0.weight"].ToFloats()).Count(pair => pair.First != pair.Second);
        Assert.Equal(1, moved);
    }

    [Fact]
    public void Gradient_OfARoundedBias_PassesStraightThrough()
    {
        var graph = Calibrated(SmallDetectors.ConvChain());
        using var network = new TorchNetwork(graph, CPU) { Mode = ExecutionMode.FakeQuantize, IsTraining = true };
        using var scope = NewDisposeScope();

        network.Forward(SmallDetectors.Batch(3, 2).ToTensor(CPU))["out"].sum().backward();

        var gradient = network.Parameters.First(parameter => parameter.Name == "out.bias").Value.grad!.ToFloats();
        Assert.All(gradient, value => Assert.Equal(2 * 16 * 16, value));
    }

    private static Graph Calibrated(Graph graph, ITarget? target = null)
    {
        target ??= TargetRegistry.OrtCpu;
        target.Place(graph, new PlacementOptions { WeightScheme = target.WeightScheme });
        using var calibrator = new Calibrator(graph, device: CPU);
        SmallDetectors.Batches(4, 2).ForEach(calibrator.Collect);
        return calibrator.Calibrate(CalibrationMethod.Max);
    }

    /// <summary>A channel whose weights are tiny beside its bias.</summary>
    private static Graph WithTinyChannel(Graph graph)
    {
        var weight = graph.Initializers["conv0.weight"];
        var values = weight.ToFloats();
        for (var position = 2 * 27; position < 3 * 27; position++)
        {
            values[position] *= 1e-7f;
        }

        graph.Initializers["conv0.weight"] = GraphTensor.FromFloats(weight.Dimensions, values);
        var shift = graph.Initializers.ContainsKey("bn0.shift") ? "bn0.shift" : "conv0.bias";
        var biases = graph.Initializers[shift].ToFloats();
        biases[2] = 1.5f;
        graph.Initializers[shift] = GraphTensor.FromFloats([biases.Length], biases);
        return graph;
    }

    private static void AssertAgrees(Graph graph)
    {
        var model = TargetRegistry.OrtCpu.Build(graph, "ort-cpu");
        Assert.Empty(EqualityCertificate.Compare(graph, model).Differences);
        var batch = SmallDetectors.Batch(7, 1);
        var observed = Observed(model.Graph);
        var images = GraphTensor.FromFloats([1, 3, 16, 16], batch.Pixels.Span);
        AssertAgrees(
            graph,
            model.Graph,
            batch,
            OrtRunner.Run(observed, new Dictionary<string, GraphTensor> { ["images"] = images }, optimize: true));
        AssertAgrees(graph, model.Graph, batch, LibTorchCodes(observed, batch));
    }

    private static void AssertAgrees(Graph graph, Graph model, PixelBatch batch, Dictionary<string, GraphTensor> codes)
    {
        using var network = new TorchNetwork(graph, CPU) { Mode = ExecutionMode.FakeQuantize };
        using var scope = NewDisposeScope();
        var tensors = model.Nodes.Where(node => node.OpType == "QuantizeLinear").ToArray();
        var inner = tensors.Select(node => node.Inputs[0]).Where(name => name != "images").ToArray();
        var simulated = network.Forward(batch.ToTensor(CPU), inner);
        var agreement = new CodeAgreement();
        foreach (var quantize in tensors.Where(node => node.Inputs[0] != "images"))
        {
            var parameters = new QuantizationParameters(
                model.Initializers[quantize.Inputs[1]].As<float>()[0],
                model.Initializers[quantize.Inputs[2]].As<byte>()[0],
                byte.MinValue,
                byte.MaxValue);
            agreement.Add(simulated[quantize.Inputs[0]].ToFloats(), codes[quantize.Outputs[0] + "_real"].ToFloats(), parameters);
        }

        Assert.NotEqual(0, agreement.Count);
        Assert.InRange(agreement.LargestDifference, 0, 1);
        Assert.InRange(agreement.DifferentShare, 0, MostDifferent);
    }

    /// <summary>The model with the real values of all codes as further outputs.</summary>
    private static Graph Observed(Graph model)
    {
        var observed = model.Clone();
        foreach (var quantize in model.Nodes.Where(node => node.OpType == "QuantizeLinear"))
        {
            var real = quantize.Outputs[0] + "_real";
            observed.Nodes.Add(new Node(real, "DequantizeLinear", [quantize.Outputs[0], .. quantize.Inputs[1..]], [real]));
            observed.Outputs.Add(new ValueInfo(real, ElementType.Float, null));
        }

        Assert.Equal(3, OrtRunner.Optimized(observed).Nodes.Count(node => node.OpType == "QLinearConv"));
        return observed;
    }

    private static Dictionary<string, GraphTensor> LibTorchCodes(Graph observed, PixelBatch batch)
    {
        using var folder = new ScratchFolder();
        TorchInt8Archive.Write(observed, folder.PathOf("engine.pt"));
        using var scope = NewDisposeScope();
        using var network = new ScriptedNetwork(folder.PathOf("engine.pt"));
        return observed.Outputs.Zip(network.Forward(batch.ToTensor(CPU)))
            .ToDictionary(output => output.First.Name, output => output.Second.ToGraph());
    }
}
