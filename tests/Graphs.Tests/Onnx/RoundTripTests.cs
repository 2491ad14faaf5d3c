using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Onnx;

/// <summary>Whole models: reading and writing keeps them numerically identical.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_fp32.onnx")]
    [InlineData("onnx_quant_fixtures/neu_det_cnn/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8.onnx")]
    [InlineData("onnx_quant_fixtures/torch_qat_conv/model_int8_opt.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/conv.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/qdq_conv.onnx")]
    [InlineData("onnx_quant_fixtures/polygraphy/residual_block.onnx")]
    [InlineData("yolov6lite_s/yolov6lite_s_320x320.onnx")]
    public void WriteThenRun_GivesTheSameNumbers(string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var path = TestData.PathOf(file);
        var graph = OnnxReader.Read(path);
        var inputs = RandomTensors.InputsOf(graph, seed: 1);

        var bytes = OnnxWriter.WriteBytes(graph);

        Assertions.Close(OrtRunner.RunFile(path, inputs), OrtRunner.Run(bytes, inputs), tolerance: 0);
        Assert.Equal(bytes, OnnxWriter.WriteBytes(OnnxReader.Read(new MemoryStream(bytes), file)));
    }
}
