using System.Diagnostics;
using System.Text.Json;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Engines.TensorRt;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Engines.Tests.TensorRt;

/// <summary>The back end over a trtexec that computes: values, batches and figures, not only the process contract.</summary>
public sealed class ComputedEngineTests : IDisposable
{
    private static readonly TimingOptions Short = new() { WarmUp = TimeSpan.Zero, Duration = TimeSpan.Zero, Iterations = 3 };

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_MoreImagesThanTheBatch_GivesWhatTheModelComputes()
    {
        var model = TinyModels.WriteFloat(_folder.PathOf("model.onnx"), batch: null);
        var images = TinyModels.Images(3, seed: 5);
        var backend = Backend("8401");
        var built = await backend.BuildAsync(Request(model, EnginePrecision.Float) with { Batches = [2] }, Cancel);

        using var engine = backend.Load(built.Engines[0].Path);
        var actual = engine.Run(images, 3);

        Assert.Equal(["features", "middle"], actual.Select(output => output.Name));
        Assert.Equal([3, 8, 16, 16], actual[0].Shape);
        Assert.Equal(Expected(model, images, 3), actual[0].Values);
    }

    [Fact]
    public async Task Run_QuantizedModel_GivesWhatItsPairsSay()
    {
        var model = TinyModels.WriteQuantized(_folder.PathOf("model.onnx"), batch: null);
        var images = TinyModels.Images(2, seed: 5);
        var backend = Backend("101200");
        var built = await backend.BuildAsync(Request(model, EnginePrecision.Int8) with { Batches = [2] }, Cancel);

        using var engine = backend.Load(built.Engines[0].Path, model);

        Assert.Equal(Expected(model, images, 2), engine.Run(images, 2)[0].Values);
        Assert.True(Assert.Single(built.Timings).Latency.Median > 0);
    }

    [Theory]
    [InlineData("8203")]
    [InlineData("101303")]
    public async Task Run_ImplicitRoute_QuantizesByTheCache(string version)
    {
        var model = TinyModels.WriteFloat(_folder.PathOf("model.onnx"), batch: 1);
        var cache = _folder.PathOf("scales.cache");
        await File.WriteAllTextAsync(cache, "TRT-8XXX-EntropyCalibration2\nimages: 3c010204\nr0: 3c3f3f40\nmiddle: 3c3f3f40\n", Cancel);
        var images = TinyModels.Images(1, seed: 5);
        var backend = Backend(version);
        var built = await backend.BuildAsync(
            Request(model, EnginePrecision.Int8) with { CalibrationCachePath = cache }, Cancel);

        using var engine = backend.Load(built.Engines[0].Path);
        var (actual, original) = (engine.Run(images, 1)[0].Values, Expected(model, images, 1));

        Assert.NotEqual(original, actual);
        Assert.All(original.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance: 0.05));
    }

    [Fact]
    public async Task Load_EngineOfAnotherVersion_SaysSo()
    {
        var model = TinyModels.WriteFloat(_folder.PathOf("model.onnx"), batch: 1);
        var path = (await Backend("8401").BuildAsync(Request(model, EnginePrecision.Half), Cancel)).Engines[0].Path;

        using var engine = Backend("101200").Load(path);

        Assert.Contains(
            "another TensorRT version",
            Assert.Throws<EngineException>(() => engine.Run(TinyModels.Images(1, seed: 1), 1)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8203", 3, "model-int8-implicit.onnx")]
    [InlineData("8601", 3, "model-int8.onnx")]
    [InlineData("101303", 3, "model-int8.onnx")]
    [InlineData("110100", 2, "model-int8.onnx")]
    public async Task Delivery_BuildsWhatTheVersionCan_AndTellsWhatItMeasured(string version, int built, string int8Model)
    {
        var folder = await DeliverAsync();

        var (exitCode, error) = await RunAsync(Path.Combine(folder, TensorRtDelivery.Script), version);

        Assert.True(exitCode == 0, error);
        using var results = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, TensorRtDelivery.Results), Cancel));
        Assert.Equal(version, results.RootElement.GetProperty("tensorRt").GetString());
        var engines = results.RootElement.GetProperty("engines").EnumerateArray().ToArray();
        Assert.Equal(built, engines.Length);
        Assert.All(engines, engine => Assert.True(File.Exists(Path.Combine(folder, engine.GetProperty("engine").GetString()!))));
        var int8 = engines.Single(engine => engine.GetProperty("precision").GetString() == "int8");
        Assert.Contains($"--onnx={int8Model}", int8.GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, int8.GetProperty("batch").GetInt32());
        Assert.StartsWith("[I] Throughput: ", int8.GetProperty("summary")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(version == "110100", error.Contains("is left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delivery_ListsTheCommandLinesOfEveryGeneration()
    {
        var folder = await DeliverAsync();

        var text = await File.ReadAllTextAsync(Path.Combine(folder, TensorRtDelivery.CommandFile), Cancel);

        Assert.Contains("TensorRT 8.4\n\ntrtexec --onnx=model-fp32.onnx --saveEngine=model-fp32.b1.engine --noTF32 ", text, StringComparison.Ordinal);
        Assert.Contains("TensorRT 10.0\n", text, StringComparison.Ordinal);
        Assert.Contains("TensorRT 11.0\n", text, StringComparison.Ordinal);
        Assert.Contains("# model-fp16: TensorRT 11.0.0 has no --fp16", text, StringComparison.Ordinal);
    }

    private async Task<string> DeliverAsync()
    {
        var folder = _folder.PathOf("delivery");
        var (model, quantized) = (
            TinyModels.WriteFloat(_folder.PathOf("model.onnx"), batch: null),
            TinyModels.WriteQuantized(_folder.PathOf("quantized.onnx"), batch: null));
        var cache = _folder.PathOf("scales.cache");
        await File.WriteAllTextAsync(cache, "TRT-8XXX-EntropyCalibration2\nimages: 3c010204\n", Cancel);
        EngineBuildRequest Delivered(string onnx, EnginePrecision precision) => Request(onnx, precision) with
        {
            OutputFolder = folder,
            Name = $"model-{precision.ToName()}",
        };

        var int8 = Delivered(quantized, EnginePrecision.Int8);
        await TensorRtDelivery.WriteAsync(
            folder,
            "tiny",
            [
                (Delivered(model, EnginePrecision.Float), null),
                (Delivered(model, EnginePrecision.Half), null),
                (int8, int8 with { OnnxPath = model, CalibrationCachePath = cache, ModelName = "model-int8-implicit" }),
            ],
            new TensorRtOptions(),
            ":",
            Cancel);
        return folder;
    }

    private async Task<(int ExitCode, string Error)> RunAsync(string script, string version)
    {
        using var process = Process.Start(new ProcessStartInfo(script)
        {
            Environment = { ["TRTEXEC"] = ComputingTrtexec.Write(_folder.PathOf("bin"), version) },
            RedirectStandardError = true,
        })!;
        var error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, error);
    }

    private static float[] Expected(string model, float[] images, int batch)
    {
        using var engine = new OrtCpuBackend(new OrtCpuOptions { Threads = 1 }).Load(model);
        return engine.Run(images, batch)[0].Values;
    }

    private TensorRtBackend Backend(string version) =>
        new(new TensorRtOptions { TrtexecPath = ComputingTrtexec.Write(_folder.PathOf(version), version) });

    private EngineBuildRequest Request(string model, EnginePrecision precision) => new()
    {
        OnnxPath = model,
        OutputFolder = _folder.PathOf("out"),
        Name = "tiny",
        Precision = precision,
        Timing = Short,
    };
}
