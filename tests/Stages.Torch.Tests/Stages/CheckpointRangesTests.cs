using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Stages.Torch.Tests.Stages;

/// <summary>A run that starts from a checkpoint with ranges, which an earlier run wrote.</summary>
public sealed class CheckpointRangesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Checkpoint => _folder.PathOf("first", ArtifactNames.PtqCheckpoint);

    [Fact]
    public async Task CheckpointWithRanges_IsTakenAsItIs()
    {
        var expected = await CalibrateAsync("first", TensorRt);

        var actual = await CalibrateAsync("second", From(Checkpoint, method: "best"));

        Assert.Equal(RangesOf(expected), RangesOf(actual));
        var report = Report("second");
        Assert.Equal(("checkpoint", 0), (report.ChosenMethod, report.Images));
        Assert.Equal(Report("first").Final.ValidationAp, report.Final.ValidationAp);
        Assert.Equal(
            CheckpointFile.Read(Checkpoint).ToDictionary(entry => entry.Key, entry => entry.Value.Data),
            CheckpointFile.Read(_folder.PathOf("second", ArtifactNames.PtqCheckpoint))
                .ToDictionary(entry => entry.Key, entry => entry.Value.Data));
    }

    [Fact]
    public async Task CheckpointWithRanges_ForAnotherTarget_IsRetargeted()
    {
        await CalibrateAsync("first", TensorRt);

        var graph = await CalibrateAsync("second", From(Checkpoint, method: "best") with { Target = "ort-cpu" });

        Assert.Contains(graph.Quantizers, quantizer => quantizer.Scheme == QuantizationScheme.UnsignedNonNegative);
        Assert.Equal("checkpoint", Report("second").ChosenMethod);
    }

    [Fact]
    public async Task CheckpointWhoseWeightsStopShortOfTheirRanges_IsMadeToReachThem()
    {
        await CalibrateAsync("first", TensorRt);
        var state = CheckpointFile.Read(Checkpoint);
        foreach (var name in state.Names.Where(name => name.EndsWith("weight_quantizer._amax", StringComparison.Ordinal)).ToArray())
        {
            var range = state[name];
            state.Set(name, [.. range.Shape], Array.ConvertAll(range.Data, amax => amax * 1.1f));
        }

        SafetensorsFile.Write(_folder.PathOf("short.safetensors"), state);

        var graph = await CalibrateAsync("second", From(_folder.PathOf("short.safetensors"), method: "checkpoint"));

        Assert.All(graph.Quantizers.Where(quantizer => quantizer is { IsWeight: true, IsEnabled: true }), quantizer =>
        {
            var node = graph.Nodes.Single(node => node.Name == quantizer.Uses[0].Node);
            var weight = graph.Initializers[node.Inputs[quantizer.Uses[0].Input]];
            var largest = weight.ToFloats().Index()
                .GroupBy(item => item.Index / weight.RunLength(quantizer.Axis) % quantizer.Ranges.Count)
                .Select(channel => channel.Max(item => Math.Abs(item.Item)));
            Assert.Equal(quantizer.Ranges.Select(range => range.Amax), largest);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task DeconvolutionAxis_IsThatOfTheSpecificationAndStaysWithTheCheckpoint(int axis)
    {
        var expected = await CalibrateAsync(
            "first", TensorRt with { Calibration = TensorRt.Calibration with { DeconvolutionAxis = axis } });

        var actual = await CalibrateAsync("second", From(Checkpoint, method: "checkpoint"));

        Assert.Equal([axis, axis], AxesOf(expected));
        Assert.Equal([axis, axis], AxesOf(actual));
    }

    [Fact]
    public async Task MethodByName_CollectsAnewAndSaysSo()
    {
        await CalibrateAsync("first", TensorRt);

        await CalibrateAsync("second", From(Checkpoint, method: "max"));

        var report = Report("second");
        Assert.Equal(("max", 2), (report.ChosenMethod, report.Images));
        Assert.Contains("set aside", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckpointAskedForWithoutRanges_NamesTheRemedy()
    {
        await CalibrateAsync("first", TensorRt);
        var state = CheckpointFile.Read(Checkpoint).Where(name => !name.EndsWith("_amax", StringComparison.Ordinal));
        SafetensorsFile.Write(_folder.PathOf("float.safetensors"), state);

        var error = await Assert.ThrowsAsync<CheckpointException>(
            () => CalibrateAsync("second", From(_folder.PathOf("float.safetensors"), method: "checkpoint")));

        Assert.Contains("holds no ranges", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static RunSpecification TensorRt { get; } = TinyRun.Specification with { Target = "tensorrt", Qat = null };

    private static RunSpecification From(string checkpoint, string method) => TensorRt with
    {
        Model = TensorRt.Model with { Yolov6 = TensorRt.Model.Yolov6! with { Checkpoint = checkpoint } },
        Calibration = TensorRt.Calibration with { Method = method, BiasCorrection = true },
        Partial = TensorRt.Partial with { Enabled = true },
    };

    private static IEnumerable<int?> AxesOf(Graph graph) => graph.Quantizers
        .Where(quantizer => quantizer.Name.EndsWith("upsample_transpose._weight_quantizer", StringComparison.Ordinal))
        .Select(quantizer => quantizer.Axis);

    private static IEnumerable<QuantizationRange> RangesOf(Graph graph) => graph.Quantizers.SelectMany(quantizer => quantizer.Ranges);

    private async Task<Graph> CalibrateAsync(string folder, RunSpecification specification)
    {
        var path = Directory.CreateDirectory(_folder.PathOf(folder)).FullName;
        await new DatasetStage().ExecuteAsync(new FolderContext(specification, path), Token);
        await new CalibrateStage(new LocalImageSource()).ExecuteAsync(new FolderContext(specification, path), Token);
        return OnnxReader.Read(Path.Combine(path, ArtifactNames.PtqGraph));
    }

    private CalibrationReport Report(string folder) => JsonSerializer.Deserialize<CalibrationReport>(
        File.ReadAllBytes(_folder.PathOf(folder, ArtifactNames.CalibrationReport)), PipelineJson.Options)!;
}
