using QatPipeline.Graphs;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Torch;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests;

public sealed class Yolov6TrainingTests
{
    private static readonly Yolov6TrainingOptions Options = new()
    {
        Epochs = 4,
        Batch = 4,
        Loss = new() { AtssEpochs = 1 },
        Schedule = new() { NominalBatch = 8, MinimumWarmupIterations = 0, WarmupEpochs = 1 },
        AverageRamp = 10,
    };

    [Theory]
    [InlineData(Yolov6Form.RepVggTraining)]
    [InlineData(Yolov6Form.RepOpt)]
    [InlineData(Yolov6Form.HyperSearch)]
    public async Task Train_EveryForm_LowersTheLoss(Yolov6Form form)
    {
        using var trainer = Yolov6Training.Start(
            Yolov6Network.Build(SmallNetwork.Options with { Form = form }).Graph, Options with { Epochs = 5 }, device: torch.CPU);
        var losses = await Losses(trainer, new RectangleBatches(6, 4, 64, varies: false));
        Assert.True(losses.TakeLast(6).Average() < 0.95 * losses.Take(6).Average(), string.Join(' ', losses));
    }

    [Fact]
    public async Task Resume_WithPendingGradients_GivesTheBitsOfAnUnbrokenTraining()
    {
        // Three steps an epoch and two an update: gradients wait across the end of an epoch.
        var graph = Yolov6Network.Build(SmallNetwork.Options).Graph;
        var batches = new RectangleBatches(3, 4, 64);
        using var whole = Yolov6Training.Start(graph, Options, device: torch.CPU);
        var checkpoints = new List<byte[]>();
        var expected = await whole.TrainAsync(batches, new TrainingCallbacks
        {
            Evaluate = (_, _) => Task.FromResult(checkpoints.Count == 1 ? 1.0 : 0.5),
            Checkpoint = (save, _) =>
            {
                using var stream = new MemoryStream();
                save(stream);
                checkpoints.Add(stream.ToArray());
                return Task.CompletedTask;
            },
        }, TestContext.Current.CancellationToken);

        using var resumed = Yolov6Training.Start(graph, Options, device: torch.CPU);
        using (var saved = new MemoryStream(checkpoints[1]))
        {
            resumed.Load(saved);
        }

        var actual = await resumed.TrainAsync(
            batches, new TrainingCallbacks { Evaluate = (_, _) => Task.FromResult(0.5) }, TestContext.Current.CancellationToken);
        using var last = new MemoryStream();
        resumed.Save(last);
        Assert.Equal(checkpoints[^1], last.ToArray());
        Assert.Equal(OnnxWriter.WriteBytes(expected.Graph), OnnxWriter.WriteBytes(actual.Graph));
        Assert.Equal(1, actual.BestEpoch);
        Assert.Equal(expected.Scores, actual.Scores);
    }

    [Fact]
    public async Task Train_SeveralRanks_SumsTheirLossesAndKeepsTheStatisticsOfTheFirst()
    {
        var graph = Yolov6Network.Build(SmallNetwork.Options).Graph;
        var once = Options with { Epochs = 1, Schedule = new() { NominalBatch = 4, WarmupEpochs = 0 } };

        var ranks = await StateAfterAsync(once with { Batch = 4, Ranks = 2 }, new RectangleBatches(2, 2, 64));
        var accumulated = await StateAfterAsync(once with { Batch = 2 }, new RectangleBatches(2, 2, 64));
        var first = await StateAfterAsync(once with { Batch = 4 }, new RectangleBatches(1, 2, 64));

        foreach (var (name, tensor) in ranks.Where(name => name.StartsWith("model.", StringComparison.Ordinal)))
        {
            var expected = name.Contains(".running_", StringComparison.Ordinal) ? first : accumulated;
            Assert.Equal(expected[name].Data, tensor.Data);
        }

        Assert.Contains(ranks, entry => entry.Key.EndsWith("running_mean", StringComparison.Ordinal)
            && !entry.Value.Data.SequenceEqual(accumulated[entry.Key].Data));

        async Task<StateDict> StateAfterAsync(Yolov6TrainingOptions options, RectangleBatches batches)
        {
            using var trainer = Yolov6Training.Start(graph, options, device: torch.CPU);
            await trainer.TrainAsync(batches, cancellationToken: TestContext.Current.CancellationToken);
            using var stream = new MemoryStream();
            trainer.Save(stream);
            stream.Position = 0;
            return SafetensorsFile.Read(stream, "state", out _);
        }
    }

    [Fact]
    public void Start_RanksThatDoNotDivideTheBatch_AreRefused() => Assert.Contains(
        "must divide",
        Assert.Throws<ArgumentException>(
            () => Yolov6Training.Start(Yolov6Network.Build(SmallNetwork.Options).Graph, Options with { Ranks = 3 })).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Train_HyperSearch_GivesTheScalesOfThePlainNetwork()
    {
        var search = Yolov6Network.Build(SmallNetwork.Options with { Form = Yolov6Form.HyperSearch });
        using var first = Yolov6Training.Start(search.Graph, Options with { Epochs = 1 }, device: torch.CPU);
        var found = await first.TrainAsync(new RectangleBatches(3, 4, 64), cancellationToken: TestContext.Current.CancellationToken);
        var scales = RepScales.From(Yolov6Weights.Read(found.Graph));
        Assert.Equal(search.Outputs.RepBlocks, scales.Blocks.Select(block => block.Block));
        Assert.Contains(scales.Blocks, block => block.Dense.Any(value => value != 1));

        var plain = Yolov6Network.Build(SmallNetwork.Options);
        using var second = Yolov6Training.Start(
            plain.Graph, Options with { Epochs = 1, Reinitialize = true, Seed = 4 }, scales, device: torch.CPU);
        const string Weight = "model.backbone.ERBlock_2.1.conv1.conv.weight";
        using var start = new MemoryStream();
        second.Save(start);
        start.Position = 0;
        Assert.NotEqual(
            plain.Graph.Initializers[Weight["model.".Length..]].ToFloats(), SafetensorsFile.Read(start, "start", out _)[Weight].Data);
        await second.TrainAsync(new RectangleBatches(3, 4, 64), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Train_QuantizedNetwork_LearnsFromItsFloatTeacher(bool strict)
    {
        var teacher = Yolov6Network.Build(SmallNetwork.Options).Graph;
        var batches = new RectangleBatches(2, 4, 64);
        var student = await Calibrated(teacher, batches);
        var options = (strict ? Yolov6TrainingOptions.StrictQuantizationAware : Yolov6TrainingOptions.QuantizationAware) with
        {
            Epochs = 2,
            Batch = 4,
        };
        using var trainer = Yolov6Training.Start(student, options, teacher: teacher, device: torch.CPU);
        var items = new List<IReadOnlyDictionary<string, double>>();
        var result = await trainer.TrainAsync(
            batches,
            new TrainingCallbacks { Progress = new Immediate(progress => items.Add(progress.Items)) },
            TestContext.Current.CancellationToken);
        Assert.Equal(["box", "class", "distillation", "features"], items[^1].Keys.Order(StringComparer.Ordinal));
        Assert.All(items, item => Assert.True(double.IsFinite(item.Values.Sum())));

        // The strict teacher normalizes by the batch; fresh running statistics leave nothing to tell apart.
        Assert.All(items, item => Assert.Equal(strict, item["features"] > 1e-4));
        Assert.Equal(student.Quantizers.Count, result.Graph.Quantizers.Count);
        Assert.All(result.Graph.Quantizers, quantizer => Assert.True(quantizer.IsCalibrated));
    }

    [Fact]
    public void Load_OfAnotherNetwork_IsRefused()
    {
        using var first = Yolov6Training.Start(Yolov6Network.Build(SmallNetwork.Options).Graph, Options, device: torch.CPU);
        var other = Yolov6Network.Build(SmallNetwork.Options with { ClassCount = 4 });
        using var second = Yolov6Training.Start(other.Graph, Options, device: torch.CPU);
        using var stream = new MemoryStream();
        first.Save(stream);
        stream.Position = 0;
        Assert.Contains(
            "detect.cls_preds.0", Assert.Throws<CheckpointException>(() => second.Load(stream)).Message, StringComparison.Ordinal);
        using var cut = new MemoryStream(stream.ToArray()[..1000]);
        Assert.Throws<CheckpointException>(() => first.Load(cut));
    }

    [Fact]
    public async Task Start_WithSomethingMissing_NamesIt()
    {
        var graph = Yolov6Network.Build(SmallNetwork.Options).Graph;
        Assert.Throws<ArgumentException>(() => Yolov6Training.Start(graph, Yolov6TrainingOptions.QuantizationAware));
        Assert.Throws<ArgumentException>(() => Yolov6Training.Start(graph, Options with { Reinitialize = true }));
        Assert.Throws<ArgumentException>(() => Yolov6Training.Start(graph, Options with { Epochs = 0 }));
        using var trainer = Yolov6Training.Start(graph, Options, device: torch.CPU);
        var error = await Assert.ThrowsAsync<TorchExecutionException>(
            () => trainer.TrainAsync(new Unlabelled(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("annotated images", error.Message, StringComparison.Ordinal);
    }

    private static async Task<Graph> Calibrated(Graph graph, RectangleBatches batches)
    {
        var placed = graph.Clone();
        TargetRegistry.TensorRt.Place(placed);
        using var calibrator = new Calibrator(placed, device: torch.CPU);
        calibrator.Collect((await batches.ReadAsync(0, 0, TestContext.Current.CancellationToken)).Images);
        return calibrator.Calibrate(CalibrationMethod.Max);
    }

    private static async Task<List<double>> Losses(Trainer trainer, ITrainingBatches batches)
    {
        var losses = new List<double>();
        await trainer.TrainAsync(
            batches,
            new TrainingCallbacks { Progress = new Immediate(progress => losses.Add(progress.Loss)) },
            TestContext.Current.CancellationToken);
        return losses;
    }

    private sealed class Immediate(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    private sealed class Unlabelled : ITrainingBatches
    {
        public int StepsPerEpoch => 1;

        public Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken) =>
            Task.FromResult(new TrainingInput(new PixelBatch(new float[3 * 64 * 64], 1, 3, 64, 64)));
    }
}
