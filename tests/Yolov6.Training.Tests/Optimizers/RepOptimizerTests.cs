using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests.Optimizers;

/// <summary>RepOptimizer in the training that was made for Adam: learned ranges, label-free distillation, frozen normalization.</summary>
public sealed class RepOptimizerTests
{
    private static readonly QatOptions Options = new() { Epochs = 2, LearningRate = 1e-3, RangeLearningRate = 0.1, CheckpointSteps = 3 };

    private static readonly RepScales Scales = RepScales.From(
        Yolov6Weights.Read(Yolov6Network.Build(SmallNetwork.Options with { Form = Yolov6Form.HyperSearch }).Graph));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Distillation_ResumedFromACheckpoint_GivesTheSameBits()
    {
        var batches = new RectangleBatches(4, 2, 64);
        var graph = await CalibratedAsync(batches);
        var checkpoints = new List<byte[]>();
        using var unbroken = Start(graph);
        var expected = await unbroken.TrainAsync(
            batches,
            new TrainingCallbacks
            {
                Checkpoint = (save, _) =>
                {
                    checkpoints.Add(Bytes(save));
                    return Task.CompletedTask;
                },
            },
            Token);

        using var resumed = Start(graph);
        resumed.Load(new MemoryStream(checkpoints[0]));
        var actual = await resumed.TrainAsync(batches, cancellationToken: Token);

        Assert.Equal(OnnxWriter.WriteBytes(expected.Graph), OnnxWriter.WriteBytes(actual.Graph));
        Assert.Equal(checkpoints[^1], Bytes(resumed.Save));
    }

    [Fact]
    public async Task Distillation_WithScales_MovesWeightsAndRangesOtherwiseThanPlainSgd()
    {
        var batches = new RectangleBatches(4, 2, 64);
        var graph = await CalibratedAsync(batches);
        using var repOptimizer = Start(graph);
        using var plain = DistillationTraining.Start(graph, Options, optimizer: tensors => new NesterovSgd(tensors), device: torch.CPU);

        var trained = (await repOptimizer.TrainAsync(batches, cancellationToken: Token)).Graph;
        var other = (await plain.TrainAsync(batches, cancellationToken: Token)).Graph;

        Assert.NotEqual(Weight(graph), Weight(trained));
        Assert.NotEqual(Weight(other), Weight(trained));
        Assert.NotEqual(Ranges(graph), Ranges(trained));
    }

    [Fact]
    public async Task Create_ScalesOfAnotherNetwork_SaysWhichDiffer()
    {
        var graph = await CalibratedAsync(new RectangleBatches(1, 1, 64));
        var few = new RepScales([Scales.Blocks[0]]);
        var error = Assert.Throws<CheckpointException>(() => DistillationTraining.Start(
            graph, Options, optimizer: tensors => RepOptimizer.Create(graph, tensors, few), device: torch.CPU));
        Assert.StartsWith($"The scale file has 1 blocks, the network {Scales.Blocks.Count}.", error.Message, StringComparison.Ordinal);
    }

    private static Trainer Start(Graph graph) => DistillationTraining.Start(
        graph, Options, optimizer: tensors => RepOptimizer.Create(graph, tensors, Scales), device: torch.CPU);

    private static float[] Weight(Graph graph) => graph.Initializers["backbone.ERBlock_2.0.conv.weight"].ToFloats();

    private static List<float> Ranges(Graph graph) =>
        [.. graph.Quantizers.Where(quantizer => !quantizer.IsWeight).SelectMany(quantizer => quantizer.Ranges).Select(range => range.High)];

    private static async Task<Graph> CalibratedAsync(RectangleBatches batches)
    {
        var placed = Yolov6Network.Build(SmallNetwork.Options).Graph;
        TargetRegistry.TensorRt.Place(placed);
        using var calibrator = new Calibrator(placed, device: torch.CPU);
        calibrator.Collect((await batches.ReadAsync(0, 0, Token)).Images);
        return calibrator.Calibrate(CalibrationMethod.Max);
    }

    private static byte[] Bytes(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }
}
