using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets;

public sealed class EqualityCertificateTests
{
    private static readonly Graph Symmetric = TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.TensorRt);

    [Theory]
    [InlineData("tensorrt-qdq", "tensorrt", 63)]
    [InlineData("tensorrt-implicit", "tensorrt", 63)]
    [InlineData("ort-cpu", "ort-cpu", null)]
    public void Compare_EveryFormOfYolov6_IsEqual(string form, string target, int? activations)
    {
        var graph = target == "tensorrt" ? Symmetric : TargetNetworks.Calibrated(Yolov6Sketch.Build(), TargetRegistry.Get(target));

        var certificate = EqualityCertificate.Compare(graph, TargetRegistry.Build(graph, form));

        Assert.Empty(certificate.Differences);
        Assert.Equal(activations ?? certificate.Activations, certificate.Activations);
        Assert.Equal(
            graph.Quantizers
                .Where(quantizer => quantizer.IsWeight)
                .Sum(quantizer => graph.Initializers[graph.Nodes.Find(node => node.Name == quantizer.Uses[0].Node)!.Inputs[1]].Length),
            certificate.WeightCodes);
    }

    [Fact]
    public void WrittenAndReadBack_IsEqual()
    {
        var model = TargetRegistry.Build(Symmetric, "tensorrt-qdq");
        using var file = new MemoryStream(OnnxWriter.WriteBytes(model.Graph));

        Assert.True(EqualityCertificate.Compare(Symmetric, model with { Graph = OnnxReader.Read(file, "memory") }).IsEqual);
    }

    [Fact]
    public void ChangedScaleAndChangedWeight_AreFound()
    {
        var model = TargetRegistry.Build(Symmetric, "tensorrt-qdq");
        var changed = Symmetric.Clone();
        var activation = changed.Quantizers.Find(quantizer => quantizer.Name == "backbone.stem.conv._input_quantizer")!;
        activation.Ranges = [QuantizationRange.FromAmax(MathF.BitIncrement(activation.Ranges[0].Amax))];
        var weights = changed.Initializers["detect.cls_preds.0.weight"].ToFloats();
        weights[7] = -weights[7];
        changed.Initializers["detect.cls_preds.0.weight"] = Tensor.FromFloats(
            changed.Initializers["detect.cls_preds.0.weight"].Dimensions, weights);

        var differences = EqualityCertificate.Compare(changed, model).Differences;

        Assert.Equal(
            ["backbone.stem.conv._input_quantizer", "detect.cls_preds.0._weight_quantizer"],
            differences.Select(difference => difference.Quantizer));
    }

    [Fact]
    public void QuantizerMissingInTheModel_IsFound()
    {
        var partly = Symmetric.Clone();
        TargetRegistry.Of(partly).LeaveFloat(partly, ["neck.reduce_layer0.conv"]);

        var differences = EqualityCertificate.Compare(Symmetric, TargetRegistry.Build(partly, "tensorrt-qdq")).Differences;

        Assert.Equal(
            ["neck.reduce_layer0.conv._input_quantizer", "neck.reduce_layer0.conv._weight_quantizer"],
            differences.Select(difference => difference.Quantizer));
    }
}
