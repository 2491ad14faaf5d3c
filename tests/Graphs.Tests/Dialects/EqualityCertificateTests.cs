using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Reading;
using QatPipeline.Graphs.Tests.Placement;
using QatPipeline.Graphs.Writing;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Graphs.Tests.Dialects;

public sealed class EqualityCertificateTests
{
    private static readonly Graph Symmetric = DialectNetworks.Calibrated(Yolov6Sketch.Build(), QuantizationTarget.TensorRt);

    [Theory]
    [InlineData(Dialect.TensorRtQdq, QuantizationTarget.TensorRt, 63)]
    [InlineData(Dialect.TensorRtCache, QuantizationTarget.TensorRt, 63)]
    [InlineData(Dialect.OrtCpu, QuantizationTarget.OrtCpu, null)]
    public void EveryDialectOfYolov6_IsEqual(Dialect dialect, QuantizationTarget target, int? activations)
    {
        var graph = target == QuantizationTarget.TensorRt ? Symmetric : DialectNetworks.Calibrated(Yolov6Sketch.Build(), target);

        var certificate = EqualityCertificate.Compare(graph, DialectWriter.Build(graph, dialect));

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
        var model = DialectWriter.Build(Symmetric, Dialect.TensorRtQdq);
        using var file = new MemoryStream(OnnxWriter.WriteBytes(model.Graph));

        Assert.True(EqualityCertificate.Compare(Symmetric, model with { Graph = OnnxReader.Read(file, "memory") }).IsEqual);
    }

    [Fact]
    public void ChangedScaleAndChangedWeight_AreFound()
    {
        var model = DialectWriter.Build(Symmetric, Dialect.TensorRtQdq);
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
        QuantizerSelection.Disable(partly, ["neck.reduce_layer0.conv"]);

        var differences = EqualityCertificate.Compare(Symmetric, DialectWriter.Build(partly, Dialect.TensorRtQdq)).Differences;

        Assert.Equal(
            ["neck.reduce_layer0.conv._input_quantizer", "neck.reduce_layer0.conv._weight_quantizer"],
            differences.Select(difference => difference.Quantizer));
    }
}
