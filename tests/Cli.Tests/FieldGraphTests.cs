using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Cli.Tests;

/// <summary>Models and caches of other tools, as people had them: worked with, or refused in a word that says what to do.</summary>
public sealed class FieldGraphTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cache-infinity-nan-negative", "dup_neg_nan.cache", "'neg' has the scale -0.007874016")]
    [InlineData("cache-infinity-nan-negative", "dup_neg_nan.cache", "'nan' has the scale NaN")]
    [InlineData("cache-infinity-nan-negative", "dup_neg_nan.cache", "'images' is listed twice")]
    [InlineData("cache-infinity-nan-negative", "infinity.cache", "'relu1' has the scale Infinity")]
    [InlineData("optimize-scale-nan", "qdq_scale_nan.onnx", "QuantizeLinear 'xa_Q' has the scale NaN")]
    public async Task Inspect_BrokenScales_ListsThemAndEndsWithAnError(string name, string file, string message)
    {
        var (exitCode, output, error) = await QatProcess.RunAsync("inspect", Copy(name, file));

        Assert.Equal(2, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Inspect_CacheWithScaleZero_ReadsIt()
    {
        var (exitCode, output, error) = await QatProcess.RunAsync(
            "inspect", Copy("cache-zero-without-leading-zeros", "trt8401_zero.cache"));

        Assert.True(exitCode == 0, error);
        Assert.Contains("  0               (Unnamed Layer* 64) [Shuffle]_output\n", output, StringComparison.Ordinal);
        Assert.Contains("zero-scale", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opset9", "opset9_upsample.onnx", "The model was brought from opset 9 to 14.")]
    [InlineData("local-function-model", "local_function.onnx", "quantizers  2")]
    [InlineData("microsoft-domain-qdq", "qdq_msdomain_uint8.onnx", "quantizers  2")]
    [InlineData("qoperator-format", "qoperator.onnx", "quantizers  7")]
    [InlineData("optimize-uint8-graph-io-to-tensorrt", "qdq_uint8_io.onnx", "The input 'x' was of UInt8 codes")]
    [InlineData("optimize-16-bit-activations", "qdq_uint16_act.onnx", "The model is quantized to 16-bit codes (UInt16)")]
    [InlineData("duplicate-node-names", "std80_dup.onnx", "nodes have no name, or one that another node has too")]
    [InlineData("float16-weights", "std80_fp16w.onnx", "The model's 16-bit floats became 32-bit ones")]
    [InlineData("float16-input", "std80_fp16in.onnx", "looks like YOLOv5")]
    public async Task Inspect_ModelOfAnotherTool_SaysWhatItIs(string name, string file, string text)
    {
        var (exitCode, output, error) = await QatProcess.RunAsync("inspect", Copy(name, file));

        Assert.True(exitCode == 0, error);
        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.DoesNotContain("unsupported", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local-function-model", "local_function.onnx", "nothing to remark")]
    [InlineData("microsoft-domain-qdq", "qdq_msdomain_uint8.onnx", "unsigned-codes")]
    [InlineData("qoperator-format", "qoperator.onnx", "in the QOperator format (QLinearConv, QLinearAdd), which TensorRT does not read")]
    public async Task Lint_ModelOfAnotherTool_LooksIntoIt(string name, string file, string text)
    {
        var (exitCode, output, error) = await QatProcess.RunAsync("lint", Copy(name, file), "--target", "tensorrt");

        Assert.True(exitCode == 0, error);
        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-quantized", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optimize-scale-nan", "qdq_scale_nan.onnx", "has the scale NaN")]
    [InlineData("optimize-16-bit-activations", "qdq_uint16_act.onnx", "16-bit codes (UInt16)")]
    public async Task LintAndOptimize_WhatNoTargetComputesWith_AreRefused(string name, string file, string message)
    {
        var model = Copy(name, file);
        foreach (string[] command in (string[][])
        [
            ["lint", model, "--target", "tensorrt"],
            ["lint", model, "--target", "ort-cpu"],
            ["optimize", model, "--target", "tensorrt-qdq", "-o", _folder.PathOf("out.onnx")],
            ["optimize", model, "--target", "ort-cpu", "-o", _folder.PathOf("out.onnx")],
        ])
        {
            var (exitCode, _, error) = await QatProcess.RunAsync(command);

            Assert.Equal(2, exitCode);
            Assert.StartsWith($"qat: {model}: ", error, StringComparison.Ordinal);
            Assert.Contains(message, error, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder.PathOf("out.onnx")));
        }
    }

    [Theory]
    [InlineData("local-function-model", "local_function.onnx", 2)]
    [InlineData("microsoft-domain-qdq", "qdq_msdomain_uint8.onnx", 2)]
    [InlineData("optimize-uint8-graph-io-to-tensorrt", "qdq_uint8_io.onnx", 2)]
    [InlineData("optimize-uint8-weights-to-tensorrt", "uint8_weights_asym.onnx", 2)]
    [InlineData("qoperator-format", "qoperator.onnx", 4)]
    public async Task Optimize_ToTensorRt_WritesSignedCodesWithoutZeroPoint(string name, string file, int pairs)
    {
        var graph = await OptimizeAsync(name, file, "tensorrt-qdq");

        Assert.Equal(pairs, graph.Nodes.Count(node => node.Is("DequantizeLinear")));
        Assert.All(
            graph.Nodes.Where(node => node.Is("DequantizeLinear")).Select(node => graph.Initializers[node.Inputs[2]]),
            zeroPoint => Assert.True(zeroPoint.Type == ElementType.Int8 && zeroPoint.ToLongs().All(value => value == 0)));
        Assert.DoesNotContain(graph.Nodes, node => node.OpType.StartsWith("QLinear", StringComparison.Ordinal));
        var (_, output, _) = await QatProcess.RunAsync("lint", _folder.PathOf("out.onnx"), "--target", "tensorrt");
        Assert.DoesNotContain("Error", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("microsoft-domain-qdq", "qdq_msdomain_uint8.onnx")]
    [InlineData("optimize-uint8-graph-io-to-tensorrt", "qdq_uint8_io.onnx")]
    [InlineData("qoperator-format", "qoperator.onnx")]
    [InlineData("opset9", "opset9_upsample.onnx")]
    public async Task Optimize_ToFloat_LeavesNothingQuantized(string name, string file)
    {
        var graph = await OptimizeAsync(name, file, "float");

        Assert.Contains(graph.Nodes, node => node.Is("Conv"));
        Assert.DoesNotContain(graph.Nodes, node => node.OpType.Contains("Linear", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Optimize_CodesAtTheEndsToOrtCpu_KeepsThemInside()
    {
        var graph = await OptimizeAsync("optimize-uint8-graph-io-to-tensorrt", "qdq_uint8_io.onnx", "ort-cpu");

        Assert.All(graph.Inputs.Concat(graph.Outputs), value => Assert.Equal(ElementType.Float, value.Type));
        Assert.Equal(3, graph.Nodes.Count(node => node.Is("DequantizeLinear")));
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("operator-gelu20", null)]
    [InlineData("operator-layernorm17", null)]
    [InlineData("operator-reducel2", null)]
    [InlineData("operator-topk", null)]
    [InlineData("external-data", null)]
    [InlineData("float16-weights", "remark: The model's 16-bit floats became 32-bit ones")]
    [InlineData("float16-input", "remark: The model's 16-bit floats became 32-bit ones")]
    [InlineData("duplicate-node-names", "remark: 12 nodes have no name, or one that another node has too")]
    public async Task Run_ModelOfAnotherTool_EndsWithAnEngine(string name, string? remark)
    {
        var specification = Copy(name, "run.yaml");

        var (exitCode, output, error) = await QatProcess.RunAsync("run", specification, "--out", _folder.PathOf("out"));

        Assert.True(exitCode == 0, error);
        Assert.Contains("engine-int8", output, StringComparison.Ordinal);
        Assert.Contains(remark ?? "", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_QuantizedModel_IsRefusedWithItsRemedy()
    {
        Copy("operator-gelu20", "run.yaml");
        File.Copy(Copy("qoperator-format", "qoperator.onnx"), _folder.PathOf("case", "op_gelu20.onnx"), overwrite: true);

        var (exitCode, _, error) = await QatProcess.RunAsync("run", _folder.PathOf("case", "run.yaml"), "--out", _folder.PathOf("out"));

        Assert.Equal(2, exitCode);
        Assert.Contains("The model is quantized already (QuantizeLinear 'QuantizeLinear_0')", error, StringComparison.Ordinal);
        Assert.Contains("op_gelu20.onnx --target float", error, StringComparison.Ordinal);
    }

    private async Task<Graph> OptimizeAsync(string name, string file, string form)
    {
        var output = _folder.PathOf("out.onnx");
        var (exitCode, _, error) = await QatProcess.RunAsync("optimize", Copy(name, file), "--target", form, "-o", output);
        Assert.True(exitCode == 0, error);
        return OnnxReader.Read(output);
    }

    /// <summary>The path of a file of a field case, in a copy of it all.</summary>
    private string Copy(string name, string file)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        foreach (var source in Directory.EnumerateFiles(TestData.PathOf("field_cases", name), "*", SearchOption.AllDirectories))
        {
            var copy = _folder.PathOf("case", Path.GetRelativePath(TestData.PathOf("field_cases", name), source));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(source, copy, overwrite: true);
        }

        return _folder.PathOf("case", file);
    }
}
