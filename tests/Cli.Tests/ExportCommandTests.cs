using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Cli.Tests;

/// <summary>The door of <c>qat export</c> that leads from a checkpoint.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private static readonly Yolov6Options Small = Yolov6Options.N with { WidthMultiple = 0.0625, DepthMultiple = 0.05, ClassCount = 3 };

    private readonly ScratchFolder _folder = new();

    [Fact]
    public async Task CheckpointWithRanges_BecomesTheFormsOfTensorRt()
    {
        WriteCalibrated();

        var (exitCode, output, error) = await ExportAsync("--batch", "2");

        Assert.True(exitCode == 0, error);
        Assert.Equal(
            ["small_bs2_tensorrt-implicit.cache", "small_bs2_tensorrt-implicit.onnx", "small_bs2_tensorrt-qdq.onnx"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var graph = OnnxReader.Read(_folder.PathOf("out", "small_bs2_tensorrt-qdq.onnx"));
        Assert.Equal("images [2, 3, 64, 64]", Describe(graph.Inputs[0]));
        Assert.Contains(graph.Nodes, node => node.OpType == "DequantizeLinear");
        Assert.DoesNotContain(graph.Nodes, node => node.OpType == "BatchNormalization");
    }

    [Fact]
    public async Task EndToEndWithPreprocessing_IsInTheGraph()
    {
        WriteCalibrated();

        var (exitCode, _, error) = await ExportAsync("--end2end", "tensorrt8", "--with-preprocessing", "--topk", "50");

        Assert.True(exitCode == 0, error);
        var graph = OnnxReader.Read(_folder.PathOf("out", "small_dynamic_e2e_tensorrt-qdq.onnx"));
        Assert.Equal(["num_dets", "det_boxes", "det_scores", "det_classes"], graph.Outputs.Select(output => output.Name));
        Assert.Contains(graph.Nodes, node => node.OpType == "EfficientNMS_TRT");
        Assert.Contains(graph.Nodes, node => node.OpType == "Gather");
    }

    [Fact]
    public async Task CheckpointWithoutRanges_IsExportedAsFloatAlone()
    {
        SafetensorsFile.Write(_folder.PathOf("small.safetensors"), Yolov6Weights.Read(Yolov6Network.Build(Small).Graph));

        var (exitCode, output, error) = await ExportAsync("--end2end", "onnxruntime");
        var (refused, _, reason) = await ExportAsync("--target", "tensorrt");

        Assert.True(exitCode == 0, error);
        Assert.EndsWith("small_dynamic_e2e_float.onnx", output.Trim(), StringComparison.Ordinal);
        Assert.Equal(2, refused);
        Assert.Contains("holds no ranges", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OptionOfCheckpoints_ForARun_IsRefused()
    {
        await File.WriteAllTextAsync(_folder.PathOf("run.yaml"), "name: run\n", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await QatProcess.RunAsync("export", _folder.PathOf("run.yaml"), "--batch", "1");

        Assert.Equal(2, exitCode);
        Assert.Contains("--batch is for a checkpoint", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Describe(ValueInfo value) => $"{value.Name} [{string.Join(", ", value.Shape!)}]";

    private void WriteCalibrated()
    {
        var graph = Yolov6Network.Build(Small).Graph;
        TargetRegistry.TensorRt.Place(graph);
        WeightRanges.Refresh(graph);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [QuantizationRange.FromAmax(4)];
        }

        SafetensorsFile.Write(_folder.PathOf("small.safetensors"), QuantizedCheckpoint.TrySave(graph)!);
    }

    private Task<(int ExitCode, string Output, string Error)> ExportAsync(params string[] options) => QatProcess.RunAsync(
        ["export", _folder.PathOf("small.safetensors"), "--input-size", "64", "--out", _folder.PathOf("out"), .. options]);
}
