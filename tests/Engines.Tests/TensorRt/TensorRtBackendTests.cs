using System.Diagnostics;
using QatPipeline.Engines.TensorRt;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Engines.Tests.TensorRt;

public sealed class TensorRtBackendTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Build_GivesOneSpecialisedEngineABatch_TimedOnTheWay()
    {
        var backend = Backend("8401");

        var result = await backend.BuildAsync(Request(batch: null) with { Batches = [1, 32] }, Cancel);

        Assert.Equal(EngineBuildStatus.Built, result.Status);
        Assert.Equal([1, 32], result.Engines.Select(engine => engine.Batch!.Value));
        Assert.All(result.Engines.Select(engine => engine.Path).Concat(result.OtherFiles), path => Assert.True(File.Exists(path), path));
        Assert.Equal([100d, 3200d], result.Timings.Select(timing => timing.ImagesPerSecond));
        Assert.Contains("head", result.Remark, StringComparison.Ordinal);
        Assert.Equal("TensorRT 8.4.1, trtexec", result.Builder);
        Assert.Contains("--shapes=images:32x3x16x16", await ArgumentsAsync(), StringComparison.Ordinal);
        Assert.Contains("--shapes=images:32x3x16x16", result.CommandLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FixedBatch_TakesNoShapes()
    {
        var result = await Backend("8401").BuildAsync(Request(batch: 4) with { Batches = [1, 32] }, Cancel);

        Assert.Equal(4, Assert.Single(result.Engines).Batch);
        Assert.DoesNotContain("--shapes", await ArgumentsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_GetsTheInstalledVersionInItsFirstLine()
    {
        var cache = _folder.PathOf("source.cache");
        await File.WriteAllTextAsync(cache, "TRT-8XXX-EntropyCalibration2\nimages: 3c010204\n", Cancel);

        var result = await Backend("101200").BuildAsync(Request(batch: 1) with { CalibrationCachePath = cache }, Cancel);

        var written = result.OtherFiles.Single(path => path.EndsWith(".cache", StringComparison.Ordinal));
        Assert.Equal("TRT-101200-EntropyCalibration2\nimages: 3c010204\n", await File.ReadAllTextAsync(written, Cancel));
        Assert.Contains($"--calib={written}", await ArgumentsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokenCache_IsOneClearError()
    {
        var cache = _folder.PathOf("source.cache");
        await File.WriteAllTextAsync(cache, "scales\n", Cancel);

        var exception = await Assert.ThrowsAsync<EngineException>(
            () => Backend("101200").BuildAsync(Request(batch: 1) with { CalibrationCachePath = cache }, Cancel));

        Assert.Contains(cache, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedBuild_IsExplained_AndItsLogKept()
    {
        var backend = Backend(
            "8401", "echo '[E] [TRT] No importer registered for op: DCNv2' >&2; echo '[E] Failed to parse onnx file'; exit 1");

        var exception = await Assert.ThrowsAsync<EngineException>(() => backend.BuildAsync(Request(batch: 1), Cancel));

        Assert.Contains("no operator DCNv2", exception.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 1", exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Failed to parse",
            await File.ReadAllTextAsync(_folder.PathOf("out", "tiny.b1.engine.build.log"), Cancel),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndlessBuild_IsEndedAtTheLimit()
    {
        var backend = new TensorRtBackend(
            new() { TrtexecPath = TrtexecStandIn.Write(_folder, "8401", "sleep 600"), Timeout = TimeSpan.FromSeconds(0.5) });
        var watch = Stopwatch.StartNew();

        var exception = await Assert.ThrowsAsync<EngineException>(() => backend.BuildAsync(Request(batch: 1), Cancel));

        Assert.Contains("Timeout", exception.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task Cancellation_EndsTheProcess()
    {
        var backend = Backend("8401", "sleep 600");
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        source.CancelAfter(TimeSpan.FromSeconds(0.5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backend.BuildAsync(Request(batch: 1), source.Token));
    }

    [Fact]
    public async Task Engine_RunsAndIsTimedThroughTrtexec()
    {
        var backend = Backend("101200");
        var path = (await backend.BuildAsync(Request(batch: 1), Cancel)).Engines[0].Path;
        using var engine = backend.Load(path);

        var output = Assert.Single(engine.Run(TinyModels.Images(1, seed: 1), 1));
        var timing = await backend.MeasureAsync(path, 1, new TimingOptions(), Cancel);

        Assert.Equal([1f, 2f], output.Values);
        Assert.Equal(100, timing.ImagesPerSecond);
        Assert.Contains("--loadInputs=images:", await ArgumentsAsync(), StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => engine.Run(TinyModels.Images(1, seed: 1), 1, ["none"]));
    }

    [Fact]
    public async Task OldTensorRt_IsRefused() => Assert.Contains(
        "version 8 or later",
        (await Assert.ThrowsAsync<EngineException>(() => Backend("7203").BuildAsync(Request(batch: 1), Cancel))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task MissingTrtexec_WhereConfigured_IsAnError() => Assert.Contains(
        "TrtexecPath", (await Assert.ThrowsAsync<EngineException>(
            () => new TensorRtBackend(new() { TrtexecPath = _folder.PathOf("none") })
                .BuildAsync(Request(batch: 1), Cancel))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task WithoutTrtexec_EverythingIsDeliveredForAnotherMachine()
    {
        Assert.SkipWhen(ComputingTrtexec.IsRealOneInstalled, "trtexec is installed here");
        var cache = _folder.PathOf("source.cache");
        await File.WriteAllTextAsync(cache, "TRT-8XXX-EntropyCalibration2\nimages: 3c010204\n", Cancel);

        var result = await new TensorRtBackend()
            .BuildAsync(Request(batch: null) with { CalibrationCachePath = cache, Batches = [1, 32] }, Cancel);

        Assert.Equal(EngineBuildStatus.Delivered, result.Status);
        Assert.All(result.OtherFiles, path => Assert.True(File.Exists(path), path));
        Assert.Equal(
            "trtexec --onnx=tiny.onnx --saveEngine=tiny.b1.engine --int8 --fp16 --calib=tiny.cache"
            + " --memPoolSize=workspace:1024 --shapes=images:1x3x16x16"
            + " --percentile=99 --infStreams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10",
            result.CommandLines[0]);
        Assert.Contains("no trtexec here", result.Remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8203", "--workspace=1024", "TRT-8203-", 0)]
    [InlineData("8601", "--memPoolSize=workspace:1024", "TRT-8601-", 0)]
    [InlineData("101303", "--infStreams=1", "TRT-101303-", 0)]
    [InlineData("110100", null, "TRT-110100-", 1)]
    [InlineData("7203", null, "TRT-7203-", 1)]
    public async Task DeliveredScript_ChoosesTheCommandLinesOfTheVersionItFinds(string version, string? flag, string header, int exitCode)
    {
        Assert.SkipWhen(ComputingTrtexec.IsRealOneInstalled, "trtexec is installed here");
        var cache = _folder.PathOf("source.cache");
        await File.WriteAllTextAsync(cache, "TRT-8XXX-EntropyCalibration2\nimages: 3c010204\n", Cancel);
        await new TensorRtBackend().BuildAsync(Request(batch: null) with { CalibrationCachePath = cache, Batches = [1, 32] }, Cancel);
        var start = new ProcessStartInfo(_folder.PathOf("out", "tiny.tensorrt.sh"))
        {
            Environment = { ["TRTEXEC"] = TrtexecStandIn.Write(_folder, version) },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        await process.StandardError.ReadToEndAsync(Cancel);
        await output;
        await process.WaitForExitAsync(Cancel);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.StartsWith(header, await File.ReadAllTextAsync(_folder.PathOf("out", "tiny.cache"), Cancel), StringComparison.Ordinal);
        if (flag is not null)
        {
            Assert.Equal(2, (await ArgumentsAsync()).Split('\n').Count(line => line.Contains(flag, StringComparison.Ordinal)));
            Assert.True(File.Exists(_folder.PathOf("out", "tiny.b32.engine")));
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TensorRtBackend Backend(string version, string body = "") =>
        new(new() { TrtexecPath = TrtexecStandIn.Write(_folder, version, body) });

    private EngineBuildRequest Request(int? batch) => new()
    {
        OnnxPath = TinyModels.WriteFloat(_folder.PathOf("model.onnx"), batch),
        OutputFolder = _folder.PathOf("out"),
        Name = "tiny",
        Precision = EnginePrecision.Int8,
    };

    private Task<string> ArgumentsAsync() => File.ReadAllTextAsync(_folder.PathOf("arguments.txt"), Cancel);
}
