using QatPipeline.Engines.OnnxRuntime;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

/// <summary>Real networks: a detector with depthwise convolutions and HardSwish, a quantized classifier.</summary>
public sealed class RealModelTests : IDisposable
{
    private static readonly string[] Detector = ["yolov6lite_s", "yolov6lite_s_320x320.onnx"];
    private static readonly string[] QuantizedClassifier = ["onnx_quant_fixtures", "neu_det_cnn", "model_int8.onnx"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OptimizedDetector_HasEqualBytesEveryTime_AndComputesTheSame()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var backend = new OrtCpuBackend(new() { Threads = 2 });
        var (first, second) = (await BuildAsync(backend, Detector, "first"), await BuildAsync(backend, Detector, "second"));
        var plain = await BuildAsync(new OrtCpuBackend(new() { Threads = 2, OptimizeGraph = false }), Detector, "plain");
        using var optimized = backend.Load(first);
        using var reference = backend.Load(plain);
        var random = new Random(1);
        var image = Enumerable.Range(0, optimized.Input.ElementsPerImage).Select(_ => random.NextSingle()).ToArray();

        var (actual, expected) = (optimized.Run(image, 1)[0], reference.Run(image, 1)[0]);

        Assert.Equal(await File.ReadAllBytesAsync(first, Cancel), await File.ReadAllBytesAsync(second, Cancel));
        Assert.Equal([1, 2125, 85], actual.Shape);
        Assert.All(expected.Values.Zip(actual.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-3f * (1 + Math.Abs(pair.First))));
    }

    [Fact]
    public async Task QuantizedClassifier_RunsIntegerConvolutions()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var engine = await BuildAsync(new OrtCpuBackend(new() { Threads = 1 }), QuantizedClassifier, "int8");

        var nodes = OrtNodeProfiler.Profile(engine, new() { Threads = 1, OptimizeGraph = false }, runs: 3);

        Assert.Contains(nodes, node => node.Operator == "QLinearConv");
        Assert.All(nodes, node => Assert.True(node.Milliseconds >= 0));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> BuildAsync(OrtCpuBackend backend, string[] model, string folder) => (await backend.BuildAsync(
        new EngineBuildRequest
        {
            OnnxPath = TestData.PathOf(model),
            OutputFolder = _folder.PathOf(folder),
            Name = "model",
            Precision = EnginePrecision.Float,
        },
        Cancel)).Engines[0].Path;
}
