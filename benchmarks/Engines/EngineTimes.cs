using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Stages.Torch.Engines;

namespace QatPipeline.Benchmarks.Engines;

/// <summary>The engines of one network, built in a folder of their own.</summary>
/// <param name="floatGraph">The file <c>float-graph.onnx</c> of a run.</param>
/// <param name="quantizedGraph">Its <c>ptq-graph.onnx</c> or <c>qat-graph.onnx</c>.</param>
/// <param name="duration">How long each is timed.</param>
internal sealed class EngineTimes(string floatGraph, string quantizedGraph, TimeSpan duration) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qat-engines-");
    private readonly TimingOptions _timing = new() { Duration = duration };

    /// <summary>Median milliseconds of one image.</summary>
    public async Task<(double Float, double Int8, double TorchInt8)> MeasureAsync()
    {
        var (runtime, torch) = (new OrtCpuBackend(), new TorchInt8Backend());
        var quantized = TargetRegistry.Build(OnnxReader.Read(quantizedGraph), "ort-cpu").Graph;
        string[] paths =
        [
            await BuildAsync(runtime, TargetRegistry.Build(OnnxReader.Read(floatGraph), "float").Graph, EnginePrecision.Float),
            await BuildAsync(runtime, quantized, EnginePrecision.Int8),
        ];
        var together = await runtime.MeasureTogetherAsync(paths, [1], _timing, CancellationToken.None);
        var second = await torch.MeasureAsync(
            await BuildAsync(torch, quantized, EnginePrecision.Int8), batch: 1, _timing, CancellationToken.None);
        return (together[0][0].Latency.Median, together[1][0].Latency.Median, second.Latency.Median);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> BuildAsync(IEngineBackend backend, Graph graph, EnginePrecision precision)
    {
        var path = Path.Combine(_folder.FullName, "model.onnx");
        OnnxWriter.Write(graph, path);
        var built = await backend.BuildAsync(
            new EngineBuildRequest { OnnxPath = path, OutputFolder = _folder.FullName, Name = precision.ToName(), Precision = precision },
            CancellationToken.None);
        return built.Engines[0].Path;
    }
}
