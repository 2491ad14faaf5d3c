using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Tests.Parallel;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Assigners;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests;

public sealed class SharedFloatTrainingTests : IDisposable
{
    private const int Batch = 8;

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_ByTwoRanks_GivesWhatOneProcessGivesAndTheSameBitsTwice()
    {
        var alone = await RunAsync(SingleCollective.Instance);

        await MpiRanks.PassAsync(2, typeof(SharedFloatTrainingTests), nameof(Rank_OfTraining_HasTheStateOfRankZero), _folder.FullName);
        var first = await File.ReadAllBytesAsync(_folder.PathOf("state"), Token);
        await MpiRanks.PassAsync(2, typeof(SharedFloatTrainingTests), nameof(Rank_OfTraining_HasTheStateOfRankZero), _folder.FullName);

        Assert.Equal(first, await File.ReadAllBytesAsync(_folder.PathOf("state"), Token));
        var (expected, actual) = (StateOf(alone), StateOf(first));
        Assert.Equal(expected.Names, actual.Names);
        Assert.All(
            expected.Names.Where(name => name.StartsWith("model.", StringComparison.Ordinal)),
            name => Assert.InRange(Distance(expected[name].Data, actual[name].Data), 0, 1e-5));
    }

    [Fact(Explicit = true)]
    public Task Rank_OfTraining_HasTheStateOfRankZero() => MpiRanks.JoinAsync(async ranks =>
    {
        var state = await RunAsync(ranks);
        if (ranks.Rank == 0)
        {
            await File.WriteAllBytesAsync(Path.Combine(MpiRanks.Folder, "state"), state, Token);
        }
    });

    // Fifty batches, two to a step of the optimizer: at the end of the first epoch the gradients of one wait. ATSS assigns by place alone, so
    // that no rounding decides.
    private static async Task<byte[]> RunAsync(ICollective ranks)
    {
        var options = new Yolov6TrainingOptions
        {
            Epochs = 2,
            Batch = Batch,
            Loss = new() { AtssEpochs = 2 },
            Schedule = new() { NominalBatch = 2 * Batch, MinimumWarmupIterations = 0, WarmupEpochs = 1 },
            AverageRamp = 10,
        };
        using var trainer = Yolov6Training.Start(
            Yolov6Network.Build(SmallNetwork.Options).Graph, options, device: torch.CPU, ranks: ranks);
        var state = Array.Empty<byte>();
        await trainer.TrainAsync(
            new Shares(new RectangleBatches(25, Batch, 64), ranks),
            new TrainingCallbacks
            {
                Checkpoint = (save, _) =>
                {
                    using var stream = new MemoryStream();
                    save(stream);
                    ranks.RequireSame(state = stream.ToArray(), "The training");
                    return Task.CompletedTask;
                },
            },
            Token);
        return state;
    }

    private static StateDict StateOf(byte[] saved) => SafetensorsFile.Read(new MemoryStream(saved), "state", out _);

    // ‖a − b‖ / ‖a‖; of what began as zeros and is small still, ‖a − b‖.
    private static double Distance(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Sum() / Math.Max(1e-12, expected.Sum(a => (double)a * a)));

    private sealed class Shares(ITrainingBatches whole, ICollective ranks) : ITrainingBatches
    {
        public int StepsPerEpoch => whole.StepsPerEpoch;

        public async Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken)
        {
            var input = await whole.ReadAsync(epoch, step, cancellationToken);
            return new TrainingInput(
                input.Images with { Pixels = ranks.ShareOf(input.Images.Pixels.Span).ToArray(), Count = Batch / ranks.Size },
                new DetectionLabels(ranks.ShareOf<IReadOnlyList<TargetBox>>([.. DetectionLabels.Of(input).Images]).ToArray()));
        }
    }
}
