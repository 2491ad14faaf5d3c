using QatPipeline.Engines.TensorRt;

namespace QatPipeline.Engines.Tests.TensorRt;

/// <summary>Logs in trtexec's form.</summary>
public sealed class TrtexecLogTests
{
    private const string Version82 = """
        [06/12/2022-22:34:00] [I] Average on 10 runs - GPU latency: 1.5 ms - Host latency: 1.625 ms (end to end 2.75 ms, enqueue 0.9 ms)
        [06/12/2022-22:34:01] [I] Average on 10 runs - GPU latency: 1.5 ms - Host latency: 1.75 ms (end to end 2.75 ms, enqueue 0.9 ms)
        [06/12/2022-22:34:03] [I]
        [06/12/2022-22:34:03] [I] === Performance summary ===
        [06/12/2022-22:34:03] [I] Throughput: 600 qps
        [06/12/2022-22:34:03] [I] Latency: min = 1.5 ms, max = 3.5 ms, mean = 1.75 ms, median = 1.625 ms, percentile(99%) = 2.5 ms
        [06/12/2022-22:34:03] [I] End-to-End Host Latency: min = 2.5 ms, max = 9.5 ms, mean = 3.0 ms, median = 2.9 ms, percentile(99%) = 4.5 ms
        [06/12/2022-22:34:03] [I] H2D Latency: min = 0.01 ms, max = 0.02 ms, mean = 0.015 ms, median = 0.015 ms, percentile(99%) = 0.02 ms
        [06/12/2022-22:34:03] [I] GPU Compute Time: min = 1.25 ms, max = 3 ms, mean = 1.5 ms, median = 1.375 ms, percentile(99%) = 2.25 ms
        [06/12/2022-22:34:03] [I] Total Host Walltime: 3.00461 s
        """;

    private const string Version10 = """
        [10/03/2024-10:47:59] [I] === Performance summary ===
        [10/03/2024-10:47:59] [I] Throughput: 25.5 qps
        [10/03/2024-10:47:59] [I] Latency: min = 38.5 ms, max = 41.5 ms, mean = 39.25 ms, median = 39 ms, percentile(90%) = 40 ms, percentile(95%) = 40.5 ms, percentile(99%) = 41 ms
        [10/03/2024-10:47:59] [I] Enqueue Time: min = 2.7 ms, max = 15 ms, mean = 7.6 ms, median = 7.8 ms, percentile(90%) = 10.2 ms, percentile(95%) = 11.7 ms, percentile(99%) = 14.2 ms
        [10/03/2024-10:47:59] [I] H2D Latency: min = 0.0066 ms, max = 0.07 ms, mean = 0.012 ms, median = 0.008 ms, percentile(90%) = 0.025 ms, percentile(95%) = 0.027 ms, percentile(99%) = 0.05 ms
        [10/03/2024-10:47:59] [I] GPU Compute Time: min = 38 ms, max = 40.5 ms, mean = 38.75 ms, median = 38.5 ms, percentile(90%) = 39 ms, percentile(95%) = 39.5 ms, percentile(99%) = 40 ms
        [10/03/2024-10:47:59] [W] * Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized.
        """;

    [Fact]
    public void Timing_OfVersion82()
    {
        var timing = TrtexecLog.Timing(Version82, batch: 1, new TimingOptions(), "TensorRT 8.2.5");

        Assert.Equal(new LatencyStatistics(1.5, 3.5, 1.75, 1.625, 2.5), timing.Latency);
        Assert.Equal(new LatencyStatistics(1.25, 3, 1.5, 1.375, 2.25), timing.Compute);
        Assert.Equal(600, timing.ImagesPerSecond);
        Assert.Equal([1.625, 1.75], timing.RunAverages);
    }

    [Fact]
    public void Timing_CountsImages_NotQueries()
    {
        var timing = TrtexecLog.Timing(Version10, batch: 32, new TimingOptions { Percentile = 95 }, "TensorRT 10.5.0");

        Assert.Equal(25.5 * 32, timing.ImagesPerSecond);
        Assert.Equal(40.5, timing.Latency.Percentile);
    }

    [Fact]
    public void Timing_WithoutASummary_QuotesTheEnd() =>
        Assert.Contains("Engine built", Assert.Throws<EngineException>(
            () => TrtexecLog.Timing("[I] Engine built in 3 sec.\n", 1, new TimingOptions(), "")).Message, StringComparison.Ordinal);

    [Fact]
    public void TensorsWithoutScale_AreListedOnce() => Assert.Equal(
        ["onnx::Conv_12", "a tensor: 3"],
        TrtexecLog.TensorsWithoutScale("""
            [W] [TRT] Missing scale and zero-point for tensor onnx::Conv_12, expect fall back to non-int8 implementation for any layer
            [W] [TRT] Missing scale and zero-point for tensor a tensor: 3, expect fall back to non-int8 implementation for any layer
            [W] [TRT] Missing scale and zero-point for tensor onnx::Conv_12, expect fall back to non-int8 implementation for any layer
            """));

    [Theory]
    [InlineData(
        "[E] [TRT] ModelImporter.cpp:732: ERROR: ModelImporter.cpp:134 In function parseGraph:\n"
            + "[8] No importer registered for op: DCNv2\n[E] Failed to parse onnx file",
        "no operator DCNv2")]
    [InlineData(
        "[E] [TRT] In function importFallbackPluginImporter:\n"
            + "[8] Assertion failed: creator && \"Plugin not found, are the plugin name, version, and namespace correct?\"\n"
            + "[E] Failed to parse onnx file",
        "ExtraArguments")]
    [InlineData(
        "[E] [TRT] ITensor::getDimensions: Error Code 4: API Usage Error (/Sub: inputs must have same types.)\n"
            + "[E] Failed to parse onnx file",
        "/Sub: inputs must have same types.")]
    [InlineData(
        "[E] Error[10]: [optimizer.cpp::computeCosts::1855] Error Code 10: "
            + "Internal Error (Could not find any implementation for node ConvTranspose_0.)",
        "node ConvTranspose_0:")]
    [InlineData("[E] Error[1]: [virtualMemoryBuffer.cpp::resizePhysical::105] Error Code 1: Cuda Driver (out of memory)", "WorkspaceMiB")]
    [InlineData(
        "[E] [TRT] Calibration table does not match calibrator algorithm type.\n[E] [TRT] Tensor images is bound to nullptr", "first line")]
    [InlineData("[E] Unknown option: --workspace 1024", "--workspace 1024")]
    [InlineData("trtexec: error while loading shared libraries: libnvinfer.so.8: cannot open shared object file", "LD_LIBRARY_PATH")]
    [InlineData(
        "[E] Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself",
        "batch is fixed")]
    [InlineData("[E] Cuda failure: no CUDA-capable device is detected", "no usable GPU")]
    [InlineData("[E] something new", "something new")]
    public void Failure_IsExplained(string output, string expected)
    {
        var message = TrtexecFailure.Explain(output, 1, "trtexec --onnx=a.onnx", "build.log");

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("build.log", message, StringComparison.Ordinal);
        Assert.Contains("trtexec --onnx=a.onnx", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_AreReadFromTheExport()
    {
        var outputs = TensorRtEngine.Parse("""
            [
              { "name" : "outputs"
              , "dimensions" : "1x2x2"
              , "values" : [ 0.5, -1, 2e-3, 3 ]
              }
            ]
            """u8);

        var output = Assert.Single(outputs);
        Assert.Equal("outputs", output.Name);
        Assert.Equal([1, 2, 2], output.Shape);
        Assert.Equal([0.5f, -1f, 2e-3f, 3f], output.Values);
    }
}
