using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

public sealed class OrtGraphTimerTests
{
    private static readonly OrtGraphTimerOptions Short = new() { Rounds = 4, Duration = TimeSpan.Zero, Turn = TimeSpan.Zero };

    [Fact]
    public async Task MeasureAsync_TwoNetworks_GivesEachATimeInEveryRound()
    {
        using var folder = new ScratchFolder();
        Graph[] graphs =
        [
            OnnxReader.Read(TinyModels.WriteFloat(folder.PathOf("float.onnx"), batch: null)),
            OnnxReader.Read(TinyModels.WriteQuantized(folder.PathOf("int8.onnx"), batch: 1)),
        ];

        var samples = await new OrtGraphTimer(new OrtCpuOptions { Threads = 1 }, Short)
            .MeasureAsync(graphs, TestContext.Current.CancellationToken);

        Assert.Equal([4, 4], samples.Select(times => times.Count));
        Assert.All(samples.SelectMany(times => times), time => Assert.True(time > 0, $"{time}"));
    }

    [Fact]
    public async Task MeasureAsync_OperatorTheRuntimeDoesNotKnow_SaysWhichNetwork()
    {
        var graph = new Graph("strange", 17);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [1, 3, 8, 8]));
        graph.Nodes.Add(new Node("n", "NoSuchOperator", ["x"], ["y"]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, [1, 3, 8, 8]));

        var error = await Assert.ThrowsAsync<EngineException>(() => new OrtGraphTimer(new OrtCpuOptions(), Short)
            .MeasureAsync([graph], TestContext.Current.CancellationToken));

        Assert.Contains("strange", error.Message, StringComparison.Ordinal);
    }
}
