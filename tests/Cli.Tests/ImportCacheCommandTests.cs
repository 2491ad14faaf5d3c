using System.Text.Json;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Targets.TensorRt;

namespace QatPipeline.Cli.Tests;

/// <summary>A float model and a calibration cache of somebody else.</summary>
public sealed class ImportCacheCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public async Task Pair_BecomesAGraphWithExactlyThoseScales_ForEveryTarget()
    {
        WriteModel();
        WriteCache(("x", 0.0078431377f), ("a", 0.031f), ("gone", 1));

        var (exitCode, output, error) = await QatProcess.RunAsync(
            "import-cache", _folder.PathOf("model.onnx"), _folder.PathOf("model.cache"), "-o", _folder.PathOf("graph.onnx"), "--json");

        Assert.True(exitCode == 0, error);
        using var coverage = JsonDocument.Parse(output);
        Assert.Equal(["gone"], Names(coverage, "withoutTensor"));
        Assert.Equal(["b"], Names(coverage, "withoutScale"));
        Assert.Equal(["conv3"], Names(coverage, "floatLayers"));
        Assert.Equal(2, coverage.RootElement.GetProperty("scales").GetInt32());
        var graph = OnnxReader.Read(_folder.PathOf("graph.onnx"));
        var written = ((TensorRtImplicitModel)TargetRegistry.Build(graph, "tensorrt-implicit")).Cache.Entries
            .ToDictionary(entry => entry.Tensor, entry => entry.Scale);
        Assert.Equal((0.0078431377f, 0.031f), (written["x"], written["a"]));
        foreach (var form in TargetRegistry.Forms)
        {
            var (code, _, message) = await QatProcess.RunAsync(
                "optimize", _folder.PathOf("graph.onnx"), "--target", form, "-o", _folder.PathOf($"{form}.onnx"));
            Assert.True(code == 0, message);
        }
    }

    [Fact]
    public async Task CacheOfAnotherModel_IsRefused()
    {
        WriteModel();
        WriteCache(("images", 0.1f));

        var (exitCode, _, error) = await QatProcess.RunAsync(
            "import-cache", _folder.PathOf("model.onnx"), _folder.PathOf("model.cache"), "-o", _folder.PathOf("graph.onnx"));

        Assert.Equal(2, exitCode);
        Assert.Contains("None of the cache's 1 tensors", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string?> Names(JsonDocument coverage, string key) =>
        coverage.RootElement.GetProperty(key).EnumerateArray().Select(name => name.GetString());

    private void WriteCache(params (string Tensor, float Scale)[] scales) => File.WriteAllBytes(
        _folder.PathOf("model.cache"),
        new CalibrationCache(
            "8401", CalibrationCache.EntropyCalibration2, [.. scales.Select(scale => new CalibrationCacheEntry(scale.Tensor, scale.Scale))])
            .ToBytes());

    // x → conv1 → a → conv2 → b → conv3 → y
    private void WriteModel()
    {
        var graph = new Graph("chain", 17);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [1, 2, 4, 4]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, [1, 2, 4, 4]));
        string[] values = ["x", "a", "b", "y"];
        for (var layer = 1; layer <= 3; layer++)
        {
            graph.Initializers[$"w{layer}"] = Tensor.FromFloats([2, 2, 1, 1], 0.5f, -0.25f, 1, 0.125f);
            graph.Nodes.Add(new Node($"conv{layer}", "Conv", [values[layer - 1], $"w{layer}"], [values[layer]]));
        }

        OnnxWriter.Write(graph, _folder.PathOf("model.onnx"));
    }
}
