using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Torch.Distillation;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Tests.Support;
using QatPipeline.Torch.Training;

namespace QatPipeline.Torch.Tests.Distillation;

public sealed class DistillationTrainingTests
{
    private static readonly QatOptions Options = new() { Epochs = 2, LearningRate = 1e-3, CheckpointSteps = 3 };

    [Fact]
    public async Task Train_BringsTheQuantizedNetworkNearerToTheFloatOne()
    {
        var graph = CoarseDetector.Create();
        using var trainer = DistillationTraining.Start(
            graph, Options with { Epochs = 8, LearningRate = 5e-3, RangeLearningRate = 2e-2 }, device: torch.CPU);

        var result = await trainer.TrainAsync(new RandomBatches(10), cancellationToken: TestContext.Current.CancellationToken);

        var (before, after) = (Distance(graph, graph), Distance(graph, result.Graph));
        Assert.True(after < before * 0.8, $"mean squared difference {before} became {after}");
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(5, true)]
    [InlineData(8, false)]
    public async Task Resume_FromAnyCheckpoint_GivesTheSameBits(int stopAfter, bool withBatchNorm)
    {
        var graph = CoarseDetector.Create(withBatchNorm);
        var batches = new RandomBatches(5);
        var callbacks = new TrainingCallbacks { Evaluate = (candidate, _) => Task.FromResult(-Distance(graph, candidate)) };
        using var unbroken = DistillationTraining.Start(graph, Options, device: torch.CPU);
        var expected = await unbroken.TrainAsync(batches, callbacks, TestContext.Current.CancellationToken);

        var checkpoint = await InterruptedAsync(graph, batches, callbacks, stopAfter);
        using var resumed = DistillationTraining.Start(graph, Options, device: torch.CPU);
        resumed.Load(new MemoryStream(checkpoint));
        var actual = await resumed.TrainAsync(batches, callbacks, TestContext.Current.CancellationToken);

        Assert.Equal(OnnxWriter.WriteBytes(expected.Graph), OnnxWriter.WriteBytes(actual.Graph));
        Assert.Equal(Saved(unbroken), Saved(resumed));
        Assert.Equal(expected.Scores, actual.Scores);
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.4, 0.2 }, 0, 1)]
    [InlineData(new[] { 0.1, 0.4, 0.398 }, 0, 2)]
    [InlineData(new[] { 0.4, 0.398, 0.394 }, 0, 1)]

    // Within noise of the best, but no better than what the training started from.
    [InlineData(new[] { 0.1, 0.4, 0.398 }, 0.399, 1)]
    [InlineData(new[] { 0.398, 0.396, 0.4 }, 0.399, 2)]
    [InlineData(new[] { 0.398, 0.396, 0.394 }, 0.399, 2)]
    public async Task Train_KeepsTheLastEpochAmongTheBest(double[] epochScores, double baseline, int best)
    {
        var scores = new Queue<double>(epochScores);
        var graphs = new List<Graph>();
        using var trainer = DistillationTraining.Start(CoarseDetector.Create(), Options with { Epochs = 3 }, device: torch.CPU);

        var result = await trainer.TrainAsync(
            new RandomBatches(2),
            new TrainingCallbacks
            {
                Baseline = baseline,
                Evaluate = (graph, _) =>
                {
                    graphs.Add(graph);
                    return Task.FromResult(scores.Dequeue());
                },
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(best, result.BestEpoch);
        Assert.Same(graphs[best], result.Graph);
    }

    [Fact]
    public async Task Train_LearnedRanges_Move_FixedRangesStay()
    {
        var graph = CoarseDetector.Create();
        using var learning = DistillationTraining.Start(graph, Options, device: torch.CPU);
        using var keeping = DistillationTraining.Start(graph, Options with { LearnsRanges = false }, device: torch.CPU);

        var learned = await learning.TrainAsync(new RandomBatches(4), cancellationToken: TestContext.Current.CancellationToken);
        var kept = await keeping.TrainAsync(new RandomBatches(4), cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEqual(ActivationRanges(graph), ActivationRanges(learned.Graph));
        Assert.Equal(ActivationRanges(graph), ActivationRanges(kept.Graph));
    }

    [Fact]
    public async Task Train_ReportsProgressToTheEnd()
    {
        var reports = new List<TrainingProgress>();
        using var trainer = DistillationTraining.Start(CoarseDetector.Create(), Options, device: torch.CPU);

        await trainer.TrainAsync(
            new RandomBatches(3), new TrainingCallbacks { Progress = new Recorder(reports) }, TestContext.Current.CancellationToken);

        Assert.Equal([(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)], reports.Select(report => (report.Epoch, report.Step)));
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
        Assert.Equal(reports[0].Loss, reports[0].Items.Values.Sum(), 1e-9);
    }

    [Fact]
    public void Load_OfAnotherGraph_SaysSo()
    {
        using var first = DistillationTraining.Start(CoarseDetector.Create(), Options, device: torch.CPU);
        using var other = DistillationTraining.Start(CoarseDetector.Create(withBatchNorm: true), Options, device: torch.CPU);
        var error = Assert.Throws<TorchExecutionException>(() => other.Load(new MemoryStream(Saved(first))));
        Assert.Contains("does not fit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trainer_Uncalibrated_SaysSo() =>
        Assert.Throws<TorchExecutionException>(() => DistillationTraining.Start(SmallDetectors.ConvChain(), Options, device: torch.CPU));

    [Fact]
    public void Options_OutOfRange_NameTheKey() =>
        Assert.Equal("LearningRate", Assert.Throws<ArgumentOutOfRangeException>(() => new QatOptions { LearningRate = -1 }).ParamName);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Train_FiveHundredSteps_AtFlatMemory()
    {
        using var trainer = DistillationTraining.Start(CoarseDetector.Create(withBatchNorm: true), Options with { Epochs = 5 }, device: torch.CPU);
        var memory = new List<long>();
        var callbacks = new TrainingCallbacks
        {
            Evaluate = (_, _) =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                memory.Add(Environment.WorkingSet);
                return Task.FromResult(0.0);
            },
        };

        await trainer.TrainAsync(new RandomBatches(100), callbacks, TestContext.Current.CancellationToken);

        Assert.True(memory[^1] - memory[1] < 32 << 20, $"working set by epoch: {string.Join(", ", memory)}");
    }

    private static async Task<byte[]> InterruptedAsync(Graph graph, RandomBatches batches, TrainingCallbacks callbacks, int stopAfter)
    {
        using var stop = new CancellationTokenSource();
        using var trainer = DistillationTraining.Start(graph, Options, device: torch.CPU);
        byte[]? checkpoint = null;
        var steps = 0;
        var interrupted = callbacks with
        {
            Progress = new StepCounter(() => steps++),
            Checkpoint = (write, _) =>
            {
                using var stream = new MemoryStream();
                write(stream);
                checkpoint = stream.ToArray();
                return steps >= stopAfter ? stop.CancelAsync() : Task.CompletedTask;
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.TrainAsync(batches, interrupted, stop.Token));
        return checkpoint!;
    }

    private static double Distance(Graph original, Graph quantized)
    {
        using var scope = torch.NewDisposeScope();
        using var expected = new TorchNetwork(original, torch.CPU);
        using var actual = new TorchNetwork(quantized, torch.CPU) { Mode = ExecutionMode.FakeQuantize };
        var images = SmallDetectors.Batches(1, 8)[0].ToTensor(torch.CPU);
        return (expected.Forward(images)["out"] - actual.Forward(images)["out"]).square().mean().item<float>();
    }

    private static IEnumerable<QuantizationRange> ActivationRanges(Graph graph) =>
        graph.Quantizers.Where(quantizer => !quantizer.IsWeight).SelectMany(quantizer => quantizer.Ranges);

    private static byte[] Saved(Trainer trainer)
    {
        using var stream = new MemoryStream();
        trainer.Save(stream);
        return stream.ToArray();
    }

    private sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }

    private sealed class StepCounter(Action onStep) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => onStep();
    }

    private sealed class RandomBatches(int stepsPerEpoch) : ITrainingBatches
    {
        public int StepsPerEpoch => stepsPerEpoch;

        public Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken) =>
            Task.FromResult(new TrainingInput(SmallDetectors.Batch((1000 * epoch) + step, 4)));
    }
}
