using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Tests.Parallel;

public sealed class MpiCollectiveTests : IDisposable
{
    private const int Ranks = 3;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Collective_OfThreeRanks_SumsBroadcastsAndWaits() =>
        MpiRanks.PassAsync(Ranks, typeof(MpiCollectiveTests), nameof(Rank_OfThree_SumsBroadcastsAndWaits), _folder.FullName);

    [Fact(Explicit = true)]
    public Task Rank_OfThree_SumsBroadcastsAndWaits() => MpiRanks.JoinAsync(ranks =>
    {
        Assert.Equal(Ranks, ranks.Size);
        foreach (var length in new[] { 1, 2, 3, 100, 70_001 })
        {
            var values = Enumerable.Range(0, length).Select(index => Value(ranks.Rank, index)).ToArray();
            var exact = Array.ConvertAll(values, value => (double)value);
            ranks.Sum(values);
            ranks.Sum(exact);

            // In the order of the ranks, to the last bit.
            Assert.Equal(Enumerable.Range(0, length).Select(index => Value(0, index) + Value(1, index) + Value(2, index)), values);
            Assert.Equal(
                Enumerable.Range(0, length).Select(index => (double)Value(0, index) + Value(1, index) + Value(2, index)), exact);
        }

        byte[] content = [(byte)ranks.Rank, 7];
        ranks.Broadcast(content);
        Assert.Equal([0, 7], content);

        using var scope = torch.NewDisposeScope();
        Assert.Equal(0 + 1 + 2, ranks.Total(torch.tensor((float)ranks.Rank)).item<float>());
        Assert.Equal([2 * ranks.Rank, (2 * ranks.Rank) + 1], ranks.ShareOf<int>([0, 1, 2, 3, 4, 5]).ToArray());
        Assert.Throws<TorchExecutionException>(() => ranks.ShareOf<int>([0, 1, 2, 3]).ToArray());
        ranks.RequireSame([1, 2], "The digest");
        var error = Assert.Throws<TorchExecutionException>(() => ranks.RequireSame([(byte)(ranks.Rank == 2 ? 9 : 1)], "The state"));
        Assert.StartsWith("The state of rank 2 differs", error.Message, StringComparison.Ordinal);
        return BarrierAsync(ranks);
    });

    // The last to come is the last to write before anybody goes on.
    private static async Task BarrierAsync(ICollective ranks)
    {
        var mark = Path.Combine(MpiRanks.Folder, "arrived");
        if (ranks.Rank == Ranks - 1)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(mark, "", TestContext.Current.CancellationToken);
        }

        ranks.Barrier();
        Assert.True(File.Exists(mark));
    }

    private static float Value(int rank, int index) => MathF.Sin((index * 7) + rank) * MathF.Pow(10, (index + rank) % 5);
}
