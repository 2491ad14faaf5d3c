using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

public sealed class OrtCpuBiasesTests
{
    private const string Overflown = "conv1";
    private const int Channel = 3;

    [Fact]
    public void IntegerBiases_LiveAndFoldedNormalization_GiveTheSameCodes()
    {
        var graph = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.OrtCpu);
        var folded = graph.Clone();
        GraphSimplifier.Deploy(folded);

        var (before, after) = (CodesOf(graph), CodesOf(folded));

        Assert.Equal(56, before.Count);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Build_LayerLeftFloat_KeepsItsFloatBias()
    {
        var graph = TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(3), TargetRegistry.OrtCpu);
        TargetRegistry.OrtCpu.LeaveFloat(graph, [Overflown]);

        var model = TargetRegistry.OrtCpu.Build(graph, "ort-cpu").Graph;

        var types = model.Nodes.Where(node => node.Is("Conv")).Select(node => BiasTypeOf(model, node));
        Assert.Equal([ElementType.Int32, ElementType.Float, ElementType.Int32], types);
    }

    [Fact]
    public void Build_BiasThatDoesNotFit_EngineStaysNearTheFloatNetwork()
    {
        var graph = TargetNetworks.Calibrated(WithTinyChannel(), TargetRegistry.OrtCpu);
        var inputs = RandomTensors.InputsOf(graph, seed: 3);
        var expected = Output(TargetRegistry.Build(graph, "float").Graph, inputs, optimize: false);

        var model = TargetRegistry.OrtCpu.Build(graph, "ort-cpu").Graph;
        var unrepaired = LargestError(expected, Output(WithFloatBiases(graph), inputs, optimize: true));
        var repaired = LargestError(expected, Output(model, inputs, optimize: true));

        // The runtime lets the bias wrap around.
        Assert.InRange(unrepaired, 0.5, double.MaxValue);
        Assert.InRange(repaired, 0, 0.1);
    }

    [Fact]
    public void Lint_BiasThatDoesNotFit_IsNamed_AndWhatItTookAfterTheRepair()
    {
        var graph = TargetNetworks.Calibrated(WithTinyChannel(), TargetRegistry.OrtCpu);

        var foreign = TargetRegistry.OrtCpu.Lint(WithFloatBiases(graph)).Findings.Single(finding => finding.Code == "bias-overflow");
        var ours = TargetRegistry.OrtCpu.Lint(graph).Findings.Single(finding => finding.Code == "weight-scale-raised");

        Assert.Equal((LintSeverity.Error, Overflown), (foreign.Severity, foreign.Nodes[0]));
        Assert.Contains($"channel {Channel}", foreign.Effect, StringComparison.Ordinal);
        Assert.Equal((LintSeverity.Info, Overflown), (ours.Severity, ours.Nodes[0]));
        Assert.Contains($"channel {Channel}", ours.Effect, StringComparison.Ordinal);
    }

    [Fact]
    public void Settle_OneRangeForTheWholeWeight_WidensTheChannelAlone()
    {
        var graph = TargetNetworks.Calibrated(WithTinyChannel(), TargetRegistry.OrtCpu);
        var quantizer = graph.Quantizers.Find(quantizer => quantizer.Name == $"{Overflown}._weight_quantizer")!;
        var largest = QuantizationRange.FromAmax(1e-6f);
        (quantizer.Axis, quantizer.Ranges) = (null, [largest]);

        TargetRegistry.Settle(graph);

        Assert.Equal(0, quantizer.Axis);
        var biases = TargetRegistry.OrtCpu.IntegerBiases(graph).Single(bias => bias.Layer.Name == Overflown).Evaluate(graph).Channels;
        Assert.All(biases, bias => Assert.True(BiasCode.Fits(bias.Bias, bias.Scale)));
        Assert.Equal(8, quantizer.Ranges.Count);
    }

    [Fact]
    public void Compare_OtherBias_IsFound()
    {
        var graph = TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(2), TargetRegistry.OrtCpu);
        var model = TargetRegistry.OrtCpu.Build(graph, "ort-cpu");
        var changed = graph.Clone();
        var bias = changed.Initializers["conv1.bias"].ToFloats();
        bias[5] += 0.01f;
        changed.Initializers["conv1.bias"] = Tensor.FromFloats([bias.Length], bias);

        var difference = Assert.Single(EqualityCertificate.Compare(changed, model).Differences);

        Assert.StartsWith("channel 5: bias code", difference.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ort-cpu", "ort-cpu")]
    [InlineData("tensorrt", "tensorrt-qdq")]
    [InlineData("tensorrt", "tensorrt-implicit")]
    public void Compare_ChannelOfZerosBeforeBatchNormalization_IsEqual(string target, string form)
    {
        var net = new GraphSketch(8, 16);
        var graph = net.Finish(net.Relu("act", net.BatchNorm("bn", net.Conv("conv", net.Input, 8, 8, 3), 8)));
        var weight = graph.Initializers["conv.weight"].ToFloats();
        weight.AsSpan(0, 72).Clear();
        graph.Initializers["conv.weight"] = Tensor.FromFloats([8, 8, 3, 3], weight);
        graph = TargetNetworks.Calibrated(graph, TargetRegistry.Get(target));

        Assert.Empty(EqualityCertificate.Compare(graph, TargetRegistry.Build(graph, form)).Differences);
    }

    private static Graph WithTinyChannel()
    {
        var graph = TargetNetworks.ConvReluChain(3);
        var weight = graph.Initializers[$"{Overflown}.weight"].ToFloats();
        for (var position = Channel * 72; position < (Channel + 1) * 72; position++)
        {
            weight[position] *= 1e-6f;
        }

        var bias = graph.Initializers[$"{Overflown}.bias"].ToFloats();
        bias[Channel] = 1;
        graph.Initializers[$"{Overflown}.weight"] = Tensor.FromFloats([8, 8, 3, 3], weight);
        graph.Initializers[$"{Overflown}.bias"] = Tensor.FromFloats([8], bias);
        return graph;
    }

    /// <summary>The model as tools write it that leave biases to the runtime.</summary>
    private static Graph WithFloatBiases(Graph graph)
    {
        var model = graph.Clone();
        GraphSimplifier.Deploy(model);
        QuantizerMaterializer.Materialize(model, pairPerUse: false);
        new RemoveIdentity().Apply(model);
        return model;
    }

    private static Dictionary<string, string> CodesOf(Graph graph) => TargetRegistry.OrtCpu.IntegerBiases(graph).ToDictionary(
        bias => bias.Layer.Name, bias => string.Join(' ', bias.Evaluate(graph).Channels.Select(channel => channel.Code)));

    private static ElementType BiasTypeOf(Graph model, Node layer) =>
        model.Link().ProducerOf(layer.Inputs[2]) is { } dequantize
            ? model.Initializers[dequantize.Inputs[0]].Type
            : model.Initializers[layer.Inputs[2]].Type;

    private static float[] Output(Graph graph, IReadOnlyDictionary<string, Tensor> inputs, bool optimize) =>
        OrtRunner.Run(graph, inputs, optimize)[graph.Outputs[0].Name].ToFloats();

    private static double LargestError(float[] expected, float[] actual) =>
        expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
}
