using System.Text.Json;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Cli.Tests;

/// <summary>The verbs that build, time and evaluate engines.</summary>
public sealed class EngineCommandTests : IDisposable
{
    private readonly SmallJob _job = new();

    [Fact]
    public async Task BuildEngine_OrtCpu_TimesEveryBatch()
    {
        var (exitCode, output, error) = await QatProcess.RunAsync(
            "build-engine", Model, "--target", "ort-cpu", "--batch", "1,3", "--percentile", "90", "--streams", "2", "--avg-runs", "5",
            "--duration", "0.01", "-o", _job.PathOf("engines"), "--json");

        Assert.True(exitCode == 0, error);
        using var result = JsonDocument.Parse(output);
        var engine = result.RootElement.GetProperty("engines")[0].GetProperty("path").GetString();
        Assert.EndsWith("model.fp32.ort-cpu.onnx", engine, StringComparison.Ordinal);
        var timings = result.RootElement.GetProperty("timings");
        Assert.Equal([1, 3], timings.EnumerateArray().Select(timing => timing.GetProperty("batch").GetInt32()));
        var options = timings[0].GetProperty("options");
        Assert.Equal(90, options.GetProperty("percentile").GetDouble());
        Assert.Equal(2, options.GetProperty("streams").GetInt32());
        Assert.Equal(5, options.GetProperty("avgRuns").GetInt32());
    }

    [Fact]
    public async Task BuildEngine_WithoutTrtexec_DeliversEveryBatchAndTheArgumentsAsked()
    {
        WriteQuantized(_job.PathOf("int8.onnx"));

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "build-engine", _job.PathOf("int8.onnx"), "--target", "tensorrt", "--batch", "1,32", "--percentile", "95", "--streams", "2",
            "--avg-runs", "7", "--extra=--useCudaGraph", "-o", _job.PathOf("engines"));

        Assert.True(exitCode == 0, error);
        Assert.Contains("--saveEngine=int8.int8.b1.engine", output, StringComparison.Ordinal);
        var line = Assert.Single(output.Split('\n'), line => line.Contains("--saveEngine=int8.int8.b32.engine", StringComparison.Ordinal));
        Assert.All(
            ["--int8", "--percentile=95", "=2", "--avgRuns=7", "--useCudaGraph", "--shapes=x:32x3x64x64"],
            argument => Assert.Contains(argument, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("model.onnx", "ort-cpu", "fp16", "no fp16 kernels")]
    [InlineData("model.onnx", "ort-cpu", "int8", "has no scales")]
    [InlineData("model.onnx", "tensorrt", "int8", "has no scales")]
    [InlineData("model.onnx", "torch-int8", "fp32", "is there for int8")]
    [InlineData("int8.onnx", "ort-cpu", "fp32", "is quantized")]
    [InlineData("int8.onnx", "tensorrt", "fp16", "is quantized")]
    [InlineData("graph.onnx", "tensorrt", "int8", "write the target's form first")]
    public async Task BuildEngine_PrecisionThatCannotBeHad_IsRefused(string model, string target, string precision, string reason)
    {
        WriteQuantized(_job.PathOf("int8.onnx"));
        OnnxWriter.Write(Calibrated(TargetRegistry.TensorRt), _job.PathOf("graph.onnx"));

        var (exitCode, _, error) = await QatProcess.RunAsync(
            "build-engine", _job.PathOf(model), "--target", target, "--precision", precision, "-o", _job.PathOf("engines"));

        Assert.Equal(2, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuildEngine_OptionOfAnotherTarget_IsRefused()
    {
        var (exitCode, _, error) = await QatProcess.RunAsync(
            "build-engine", Model, "--target", "ort-cpu", "--extra=--useCudaGraph", "-o", _job.PathOf("engines"));

        Assert.Equal(2, exitCode);
        Assert.Contains("--extra is for TensorRT", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_TwoCpuModels_AreTimedTogether()
    {
        WriteQuantized(_job.PathOf("int8.onnx"));

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "bench", _job.PathOf("int8.onnx"), "--compare", Model, "--batch", "1", "--duration", "0.01", "--percentile", "50");

        Assert.True(exitCode == 0, error);
        Assert.Contains("p50 ms", output, StringComparison.Ordinal);
        Assert.Contains($"of the time of {Model}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuildEngine_TorchInt8_GivesAnEngineThatIsTimedAndEvaluated()
    {
        TargetRegistry.Build(Calibrated(TargetRegistry.OrtCpu), "ort-cpu").Write(_job.PathOf("int8.onnx"));

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "build-engine", _job.PathOf("int8.onnx"), "--target", "torch-int8", "--duration", "0.01", "-o", _job.PathOf("engines"));

        Assert.True(exitCode == 0, error);
        Assert.Contains("LibTorch", output, StringComparison.Ordinal);
        (exitCode, output, error) = await QatProcess.RunAsync(
            "evaluate", _job.PathOf("engines/int8.int8.torch-int8.pt"), "--batch", "2", "--annotations", _job.PathOf("annotations.json"),
            "--images", _job.PathOf("images"));
        Assert.True(exitCode == 0, error);
        Assert.Contains("Average Precision", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_OrtCpu_PrintsFigures()
    {
        var (exitCode, output, error) = await QatProcess.RunAsync(
            "evaluate", Model, "--batch", "2", "--annotations", _job.PathOf("annotations.json"), "--images", _job.PathOf("images"));

        Assert.True(exitCode == 0, error);
        Assert.Contains("Average Precision", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("bench")]
    public async Task TensorRt_WhereItIsAbsent_SaysWhereItCanBeHad(string verb)
    {
        string[] images = verb == "evaluate"
            ? ["--batch", "1", "--annotations", _job.PathOf("annotations.json"), "--images", _job.PathOf("images")] : [];

        var (exitCode, _, error) = await QatProcess.RunAsync([verb, Model, "--target", "tensorrt", .. images]);

        Assert.Equal(2, exitCode);
        Assert.Contains("trtexec", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EngineFile_IsTimedByTrtexec()
    {
        File.Copy(Model, _job.PathOf("model.fp16.onnx"));
        await File.WriteAllTextAsync(_job.PathOf("model.fp16.b4.engine"), "engine", TestContext.Current.CancellationToken);
        var trtexec = _job.PathOf("trtexec");
        await File.WriteAllTextAsync(
            trtexec,
            """
            #!/bin/sh
            echo "&&&& RUNNING TensorRT.trtexec [TensorRT v8401] # $0 $*"
            echo "$*" >> "$0.arguments"
            echo "[I] Throughput: 100 qps"
            echo "[I] Latency: min = 1 ms, max = 4 ms, mean = 2 ms, median = 2 ms, percentile(90%) = 3 ms"

            """,
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(trtexec, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "bench", _job.PathOf("model.fp16.b4.engine"), "--trtexec", trtexec, "--batch", "4", "--percentile", "90", "--json");

        Assert.True(exitCode == 0, error);
        using var timings = JsonDocument.Parse(output);
        Assert.Equal(400, timings.RootElement[0].GetProperty("imagesPerSecond").GetDouble());
        var arguments = await File.ReadAllTextAsync(trtexec + ".arguments", TestContext.Current.CancellationToken);
        Assert.Contains("--percentile=90", arguments, StringComparison.Ordinal);
        Assert.Contains("--loadEngine=" + _job.PathOf("model.fp16.b4.engine"), arguments, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EngineFile_ForTheCpu_IsRefused()
    {
        var (exitCode, _, error) = await QatProcess.RunAsync("bench", _job.PathOf("detector.b1.engine"), "--target", "ort-cpu");

        Assert.Equal(2, exitCode);
        Assert.Contains("is an engine of tensorrt", error, StringComparison.Ordinal);
    }

    public void Dispose() => _job.Dispose();

    private string Model => _job.PathOf("model.onnx");

    private Graph Calibrated(ITarget target)
    {
        var graph = OnnxReader.Read(Model);
        target.Place(graph);
        WeightRanges.Refresh(graph);
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [QuantizationRange.FromAmax(1)];
        }

        return graph;
    }

    private void WriteQuantized(string path) => TargetRegistry.Build(Calibrated(TargetRegistry.TensorRt), "tensorrt-qdq").Write(path);
}
