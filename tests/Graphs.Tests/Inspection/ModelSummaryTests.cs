using System.Text.Json;
using QatPipeline.Graphs.Inspection;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Inspection;

public sealed class ModelSummaryTests
{
    [Fact]
    public void SmallGraph_IsSummarized()
    {
        var graph = new GraphBuilder().Input("x", ElementType.Float, Dimension.Named("batch"), 4)
            .Constant("w", Tensor.FromFloats([4, 3], new float[12])).Constant("target", Tensor.FromLongs([2], 0, -1))
            .Node("MatMul", "x w", "a").Node("Relu", "a", "b").Node("Relu", "b", "y").Output("y").Graph;
        var quantizer = new Quantizer("q", QuantizationScheme.SignedNarrow) { IsWeight = true, Ranges = [new(-2, 2)] };
        quantizer.Uses.Add(new QuantizerUse("a.MatMul", 1));
        graph.Quantizers.Add(quantizer);

        var json = JsonDocument.Parse(JsonSerializer.Serialize(ModelSummary.Of(graph))).RootElement;

        Assert.Equal("batch", json.GetProperty("Inputs")[0].GetProperty("Shape")[0].GetString());
        Assert.Equal(17, json.GetProperty("Opsets").GetProperty("ai.onnx").GetInt64());
        Assert.Equal(2, json.GetProperty("Operators").GetProperty("Relu").GetInt32());
        Assert.Equal(12, json.GetProperty("Parameters").GetInt64());
        Assert.Equal("a.MatMul[1]", json.GetProperty("Quantizers")[0].GetProperty("Uses")[0].GetString());
    }

    [Fact]
    public void Detector_HasThePublishedSize()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);

        var summary = ModelSummary.Of(OnnxReader.Read(TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx")));

        Assert.Equal((154, 100), (summary.Operators["Conv"], summary.Operators["HardSwish"]));
        Assert.InRange(summary.Parameters, 546_790, 570_000);
    }
}
