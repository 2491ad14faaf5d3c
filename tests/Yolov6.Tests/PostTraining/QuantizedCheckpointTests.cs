using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Yolov6.Tests.PostTraining;

public sealed class QuantizedCheckpointTests
{
    [Fact]
    public void Load_CalibratedCheckpointOfTheReference_IsReadWhole()
    {
        var (placed, state) = Checkpoint();
        const int CountersAndHeadConstants = 50 + 2;
        Assert.Equal(437, state.Count + CountersAndHeadConstants);
        var loaded = QuantizedCheckpoint.Load(placed, state, "qat.pt");
        Assert.All(loaded.Quantizers, quantizer => Assert.True(quantizer.IsCalibrated));
        Assert.Equal(
            0.5f, loaded.Quantizers.Find(quantizer => quantizer.Name == "backbone.ERBlock_5.2.m._input_quantizer")!.Ranges[0].High);
        Assert.Equal(1, loaded.Quantizers.Find(quantizer => quantizer.Name == "neck.upsample0.upsample_transpose._weight_quantizer")!.Axis);
    }

    [Fact]
    public void Load_LayersWithoutRanges_StayFloat()
    {
        var (placed, state) = Checkpoint();
        var partial = state.Where(
            name => !name.StartsWith("detect.", StringComparison.Ordinal) || !name.EndsWith("_amax", StringComparison.Ordinal));

        var loaded = QuantizedCheckpoint.Load(placed, partial, "partial.pt");

        Assert.All(loaded.Quantizers, quantizer => Assert.True(quantizer is { IsCalibrated: true, IsEnabled: true }));
        Assert.DoesNotContain(loaded.Quantizers, quantizer => quantizer.Name.StartsWith("detect.", StringComparison.Ordinal));
        Assert.Equal(119 - (2 * 15), loaded.Quantizers.Count);
    }

    [Fact]
    public void TrySave_GivesWhatTheReferencesStrictLoaderTakes()
    {
        var (placed, state) = Checkpoint();
        var loaded = QuantizedCheckpoint.Load(placed, state, "calib.pt");

        var saved = QuantizedCheckpoint.TrySave(loaded)!;

        Assert.Equal(437, saved.Count);
        Assert.All(state, entry => Assert.Equal(entry.Value.Data, saved[entry.Key].Data));
        Assert.All(state, entry => Assert.Equal(entry.Value.Shape, saved[entry.Key].Shape));
        var again = QuantizedCheckpoint.Load(placed, saved, "again");
        Assert.Equal(
            loaded.Quantizers.SelectMany(quantizer => quantizer.Ranges), again.Quantizers.SelectMany(quantizer => quantizer.Ranges));
    }

    [Fact]
    public void TrySave_GraphOfAnotherTarget_CannotBeDescribed()
    {
        var (placed, state) = Checkpoint();
        var loaded = QuantizedCheckpoint.Load(placed, state, "calib.pt");

        Assert.Null(QuantizedCheckpoint.TrySave(Retargeting.To(loaded, TargetRegistry.OrtCpu)));
        Assert.Null(QuantizedCheckpoint.TrySave(new Graph("other", 13)));
    }

    [Fact]
    public void Load_MissingOrLeftOverRange_IsNamed()
    {
        var (placed, state) = Checkpoint();
        var missing = state.Where(name => name != "neck.upsample_feat1_quant._amax");
        Assert.Contains(
            "neck.upsample_feat1_quant._amax",
            Assert.Throws<CheckpointException>(() => QuantizedCheckpoint.Load(placed, missing, "x")).Message,
            StringComparison.Ordinal);
        state.Set("other._input_quantizer._amax", [], [1]);
        Assert.Contains(
            "other._input_quantizer",
            Assert.Throws<CheckpointException>(() => QuantizedCheckpoint.Load(placed, state, "x")).Message,
            StringComparison.Ordinal);
    }

    // The ranges as reference 5.1 names and shapes them, the transposed convolutions' per output channel.
    private static (Graph Placed, StateDict State) Checkpoint()
    {
        var graph = Yolov6Network.Build(Yolov6Options.N).Graph;
        var state = Yolov6Weights.Read(graph);
        foreach (var weight in state.Names
            .Where(name => name.EndsWith(".weight", StringComparison.Ordinal) && state[name].Shape.Length == 4)
            .ToList())
        {
            var host = weight[..^".weight".Length];
            long[] shape = host.EndsWith("upsample_transpose", StringComparison.Ordinal)
                ? [1, state[weight].Shape[1], 1, 1]
                : [state[weight].Shape[0], 1, 1, 1];
            state.Set($"{host}._input_quantizer._amax", [], [2]);
            state.Set($"{host}._weight_quantizer._amax", shape, [.. Enumerable.Repeat(0.25f, (int)shape.Max())]);
        }

        state.Set("backbone.ERBlock_5.2.m._input_quantizer._amax", [], [0.5f]);
        state.Set("neck.upsample_feat0_quant._amax", [], [1]);
        state.Set("neck.upsample_feat1_quant._amax", [], [1]);
        var placed = graph.Clone();
        TargetRegistry.TensorRt.Place(placed);
        return (placed, state);
    }
}
