using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Tests.Parallel;

public sealed class SharedTrainingTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_ByTwoRanks_GivesWhatOneProcessGivesAndTheSameBitsTwice()
    {
        var (_, alone) = await SharedTraining.RunAsync(SingleCollective.Instance, sharesStatistics: true, Token);

        await MpiRanks.PassAsync(2, typeof(SharedTrainingTests), nameof(Rank_OfTraining_HasTheStateOfRankZero), _folder.FullName);
        var first = await File.ReadAllBytesAsync(_folder.PathOf("state"), Token);
        var together = OnnxReader.Read(_folder.PathOf("result.onnx"));
        await MpiRanks.PassAsync(2, typeof(SharedTrainingTests), nameof(Rank_OfTraining_HasTheStateOfRankZero), _folder.FullName);

        Assert.Equal(first, await File.ReadAllBytesAsync(_folder.PathOf("state"), Token));
        Assert.All(ValuesOf(alone).Zip(ValuesOf(together)), pair =>
        {
            Assert.Equal(pair.First.Name, pair.Second.Name);
            Assert.InRange(Distance(pair.First.Values, pair.Second.Values), 0, 1e-5);
        });
    }

    // Halves of a batch have other variances than the whole, but the mean of their means is its mean.
    [Fact]
    public async Task Train_ByRanksWithStatisticsOfTheirOwn_KeepsTheirStatesTheSame()
    {
        var (_, alone) = await SharedTraining.RunAsync(SingleCollective.Instance, sharesStatistics: true, Token);

        await MpiRanks.PassAsync(2, typeof(SharedTrainingTests), nameof(Rank_WithStatisticsOfItsOwn_HasTheStateOfRankZero), _folder.FullName);

        var distances = ValuesOf(alone).Zip(
            ValuesOf(OnnxReader.Read(_folder.PathOf("result.onnx"))), (one, two) => Distance(one.Values, two.Values)).ToArray();
        Assert.Contains(distances, distance => distance > 1e-4);
        Assert.All(distances, distance => Assert.InRange(distance, 0, 0.05));
    }

    [Fact(Explicit = true)]
    public Task Rank_OfTraining_HasTheStateOfRankZero() => MpiRanks.JoinAsync(ranks => TrainAsync(ranks, sharesStatistics: true));

    [Fact(Explicit = true)]
    public Task Rank_WithStatisticsOfItsOwn_HasTheStateOfRankZero() =>
        MpiRanks.JoinAsync(ranks => TrainAsync(ranks, sharesStatistics: false));

    private static async Task TrainAsync(ICollective ranks, bool sharesStatistics)
    {
        var (state, graph) = await SharedTraining.RunAsync(ranks, sharesStatistics, Token);
        ranks.RequireSame(state, "The training");
        if (ranks.Rank == 0)
        {
            await File.WriteAllBytesAsync(Path.Combine(MpiRanks.Folder, "state"), state, Token);
            OnnxWriter.Write(graph, Path.Combine(MpiRanks.Folder, "result.onnx"));
        }
    }

    // Weights, statistics and ranges.
    private static IEnumerable<(string Name, float[] Values)> ValuesOf(Graph graph) => graph.Initializers
        .Where(tensor => tensor.Value.Type == ElementType.Float)
        .Select(tensor => (tensor.Key, tensor.Value.ToFloats()))
        .Concat(graph.Quantizers.Select(quantizer =>
            (quantizer.Name, quantizer.Ranges.SelectMany(range => new[] { range.Low, range.High }).ToArray())));

    // ‖a − b‖ / ‖a‖.
    private static double Distance(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Sum() / expected.Sum(a => (double)a * a));
}
