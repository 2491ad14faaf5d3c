using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

public sealed class OrtCpuBackendTests : IDisposable
{
    private static readonly OrtCpuOptions OneThread = new() { Threads = 1 };

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Build_GivesAnOptimizedModelWithIntegerOperators()
    {
        var engine = await BuildAsync(new OrtCpuBackend(OneThread), TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: null));

        var kinds = OnnxReader.Read(engine).Nodes.Select(node => node.OpType).ToArray();
        Assert.Equal(3, kinds.Count(kind => kind == "QLinearConv"));
        Assert.DoesNotContain("Conv", kinds);
    }

    [Fact]
    public async Task Build_IsByteStable_AndLeavesNothingElse()
    {
        var model = TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: null);
        var first = await BuildAsync(new OrtCpuBackend(OneThread), model, "first");
        var second = await BuildAsync(new OrtCpuBackend(OneThread), model, "second");

        Assert.Equal(await File.ReadAllBytesAsync(first, Cancel), await File.ReadAllBytesAsync(second, Cancel));
        Assert.Equal([second], Directory.GetFiles(_folder.PathOf("second")));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    [InlineData(null, 3)]
    public async Task Run_GivesEveryImageItsOwnResult_WhateverTheModelsBatch(int? modelBatch, int batch)
    {
        var engine = await BuildAsync(new OrtCpuBackend(OneThread), TinyModels.WriteFloat(_folder.PathOf("f.onnx"), modelBatch));
        var single = await BuildAsync(new OrtCpuBackend(OneThread), TinyModels.WriteFloat(_folder.PathOf("one.onnx"), 1), "one");
        var images = TinyModels.Images(batch, seed: 2);
        using var loaded = new OrtCpuBackend(OneThread).Load(engine);
        using var reference = new OrtCpuBackend(OneThread).Load(single);

        var outputs = loaded.Run(images, batch);

        Assert.Equal(["features", "middle"], outputs.Select(output => output.Name));
        Assert.Equal([batch, 8, TinyModels.Size, TinyModels.Size], outputs[0].Shape);
        foreach (var (image, index) in images.Chunk(images.Length / batch).Select((image, index) => (image, index)))
        {
            var expected = reference.Run(image, 1, ["features"]).Single().Values;
            Assert.Equal(expected, outputs[0].Values.AsSpan(index * expected.Length, expected.Length).ToArray());
        }
    }

    [Fact]
    public async Task Run_GivesTheOutputsAskedFor_InThatOrder()
    {
        using var engine = new OrtCpuBackend(OneThread).Load(
            await BuildAsync(new OrtCpuBackend(OneThread), TinyModels.WriteFloat(_folder.PathOf("f.onnx"), 1)));

        Assert.Equal(["middle"], engine.Run(TinyModels.Images(1, seed: 1), 1, ["middle"]).Select(output => output.Name));
        var exception = Assert.Throws<EngineException>(() => engine.Run(TinyModels.Images(1, seed: 1), 1, ["head"]));
        Assert.Contains("'head'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("features, middle", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutGraphOptimization_TheModelStaysAsWritten()
    {
        var model = TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: 1);
        var engine = await BuildAsync(new OrtCpuBackend(OneThread with { OptimizeGraph = false }), model);

        Assert.Equal(await File.ReadAllBytesAsync(model, Cancel), await File.ReadAllBytesAsync(engine, Cancel));
    }

    [Fact]
    public async Task FusedIntegerOperators_AgreeWithTheExactSemantics_UpToACode()
    {
        var model = TinyModels.WriteQuantized(_folder.PathOf("q.onnx"), batch: 2);
        var fused = await BuildAsync(new OrtCpuBackend(OneThread), model, "fused");
        var exact = await BuildAsync(new OrtCpuBackend(OneThread with { OptimizeGraph = false }), model, "exact");
        var images = TinyModels.Images(2, seed: 5);
        using var left = new OrtCpuBackend(OneThread).Load(fused);
        using var right = new OrtCpuBackend(OneThread).Load(exact);

        foreach (var (a, b) in left.Run(images, 2).Zip(right.Run(images, 2)))
        {
            Assert.All(a.Values.Zip(b.Values), pair => Assert.Equal(pair.First, pair.Second, 2.01f * 2f / 255));
        }
    }

    [Theory]
    [InlineData(1, BatchExecution.Looped)]
    [InlineData(null, BatchExecution.Native)]
    public async Task Measure_TellsHowTheBatchRan(int? modelBatch, BatchExecution execution)
    {
        var backend = new OrtCpuBackend(OneThread);
        var engine = await BuildAsync(backend, TinyModels.WriteFloat(_folder.PathOf("f.onnx"), modelBatch));
        var options = new TimingOptions { WarmUp = TimeSpan.Zero, Duration = TimeSpan.Zero, Iterations = 12, AvgRuns = 5, Streams = 2 };

        var timing = await backend.MeasureAsync(engine, 4, options, Cancel);

        Assert.Equal((4, execution), (timing.Batch, timing.Execution));
        Assert.Equal(12, timing.Iterations);
        Assert.Equal(2, timing.RunAverages.Count);
        Assert.InRange(timing.Latency.Median, timing.Latency.Min, timing.Latency.Max);
        Assert.True(timing.ImagesPerSecond > 0);
        Assert.Contains("1 thread", timing.Environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MeasureTogether_GivesEveryEngineItsIterations_InTheOrderGiven()
    {
        var backend = new OrtCpuBackend(OneThread);
        var one = await BuildAsync(backend, TinyModels.WriteFloat(_folder.PathOf("one.onnx"), 1), "one");
        var any = await BuildAsync(backend, TinyModels.WriteFloat(_folder.PathOf("any.onnx"), null), "any");
        var options = new TimingOptions { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(20), Iterations = 30 };

        var timings = await backend.MeasureTogetherAsync([one, any], [4], options, Cancel);

        Assert.Equal([BatchExecution.Looped, BatchExecution.Native], timings.Select(timing => timing[0].Execution));
        Assert.All(timings, timing => Assert.InRange(timing[0].Iterations!.Value, 30, int.MaxValue));
    }

    [Fact]
    public async Task BrokenModel_IsOneClearError_AndNothingHalfWritten()
    {
        var model = _folder.PathOf("broken.onnx");
        await File.WriteAllTextAsync(model, "not an ONNX file", Cancel);

        var exception = await Assert.ThrowsAsync<EngineException>(() => BuildAsync(new OrtCpuBackend(OneThread), model));

        Assert.Contains(model, exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.PathOf("engine")));
    }

    [Fact]
    public async Task MissingModel_IsNamed() =>
        Assert.Contains("none.onnx", (await Assert.ThrowsAsync<EngineException>(
            () => BuildAsync(new OrtCpuBackend(OneThread), _folder.PathOf("none.onnx")))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(5, 1)]
    [InlineData(3 * TinyModels.Size * TinyModels.Size, 2)]
    public async Task WrongNumberOfValues_IsRefused(int values, int batch)
    {
        using var engine = new OrtCpuBackend(OneThread).Load(
            await BuildAsync(new OrtCpuBackend(OneThread), TinyModels.WriteFloat(_folder.PathOf("f.onnx"), null)));

        Assert.Throws<EngineException>(() => engine.Run(new float[values], batch));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> BuildAsync(OrtCpuBackend backend, string model, string folder = "engine")
    {
        var request = new EngineBuildRequest
        {
            OnnxPath = model,
            OutputFolder = _folder.PathOf(folder),
            Name = "tiny",
            Precision = EnginePrecision.Int8,
        };
        return (await backend.BuildAsync(request, Cancel)).Engines.Single().Path;
    }
}
