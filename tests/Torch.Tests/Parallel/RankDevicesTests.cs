using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Tests.Parallel;

public sealed class RankDevicesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, null, "0")]
    [InlineData(3, null, "3")]
    [InlineData(1, "4, GPU-5f", "GPU-5f")]
    [InlineData(2, "4,5", "")]
    [InlineData(0, "", "")]
    public void Of_LocalRank_IsItsEntryOfTheList(int rank, string? visible, string expected) =>
        Assert.Equal(expected, RankDevices.Of(rank, visible));

    [Fact]
    public Task RequireAlike_OfRanksWithAndWithoutGpu_NamesThoseWithout() => MpiRanks.PassAsync(
        2, typeof(RankDevicesTests), nameof(Rank_WithoutGpu_IsNamed), _folder.FullName);

    [Fact(Explicit = true)]
    public Task Rank_WithoutGpu_IsNamed() => MpiRanks.JoinAsync(ranks =>
    {
        RankDevices.RequireAlike(ranks, hasGpu: true);
        RankDevices.RequireAlike(ranks, hasGpu: false);
        var error = Assert.Throws<TorchExecutionException>(() => RankDevices.RequireAlike(ranks, hasGpu: ranks.Rank == 0));
        Assert.StartsWith("Rank 1 of 2 has no GPU, others have one", error.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    });
}
