using QatPipeline.Foundation.Natives;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Tests.Parallel;

/// <summary>What goes through NCCL's interface, told by a library that stands in for it.</summary>
public sealed class NcclCollectiveTests : IDisposable
{
    private const int Ranks = 3;

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Collective_OfThreeRanks_SumsTensorsWhereTheyLie()
    {
        await NcclStandIn.CompileAsync(_folder.FullName);

        await MpiRanks.PassAsync(Ranks, typeof(NcclCollectiveTests), nameof(Rank_OfThree_SumsTensorsWhereTheyLie), _folder.FullName);

        var calls = NcclStandIn.CallsIn(_folder.FullName).ToLookup(call => call[0], call => call[2..]);
        Assert.Equal("012", string.Concat(calls.Select(rank => rank.Key).Order()));
        Assert.All(calls, rank => Assert.Equal(["join", "sum 70001 float", "sum 6 double", "sum 4 float", "sum 1 double", "destroy"], rank));
    }

    [Fact(Explicit = true)]
    public Task Rank_OfThree_SumsTensorsWhereTheyLie() => MpiRanks.JoinAsync(processors =>
    {
        using var scope = torch.NewDisposeScope();
        using var ranks = Start(processors);
        Assert.Equal((processors.Rank, Ranks), (ranks.Rank, ranks.Size));
        Assert.Equal(new Version(2, 21, 5), ranks.Version);

        var values = torch.arange(70_001, torch.float32);
        var sum = values * (ranks.Rank + 1);
        ranks.Sum(sum);
        Assert.Equal(values * (1 + 2 + 3), sum);
        var exact = torch.full([2, 3], 1 + (1e-12 * ranks.Rank), torch.float64);
        ranks.Sum(exact);
        Assert.Equal(torch.full([2, 3], 1 + (1 + 1e-12) + (1 + 2e-12), torch.float64), exact);

        // A part of another tensor begins where that does not.
        var whole = torch.ones(10);
        ranks.Sum(whole.narrow(0, 3, 4));
        Assert.Equal(torch.tensor(new float[] { 1, 1, 1, 3, 3, 3, 3, 1, 1, 1 }), whole);
        Assert.Equal(0 + 1 + 2, ranks.Total(torch.tensor((float)ranks.Rank)).item<float>());

        // Processors' memory goes another way.
        float[] own = [ranks.Rank];
        ranks.Sum(own);
        byte[] content = [(byte)ranks.Rank, 7];
        ranks.Broadcast(content);
        ranks.Barrier();
        Assert.Equal([0 + 1 + 2], own);
        Assert.Equal([0, 7], content);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Train_ByTwoRanks_GivesTheBitsThatMpiGives()
    {
        await NcclStandIn.CompileAsync(_folder.FullName);

        await MpiRanks.PassAsync(2, typeof(NcclCollectiveTests), nameof(Rank_OfTraining_HasTheStateThatMpiGives), _folder.FullName);
    }

    [Fact(Explicit = true)]
    public Task Rank_OfTraining_HasTheStateThatMpiGives() => MpiRanks.JoinAsync(async processors =>
    {
        var (expected, _) = await SharedTraining.RunAsync(processors, sharesStatistics: true, Token);
        using var ranks = Start(processors);
        Assert.Equal(expected, (await SharedTraining.RunAsync(ranks, sharesStatistics: true, Token)).State);
    });

    [Fact]
    public async Task Sum_ThatFails_SaysWhatNcclSaysAndGivesUpTheOthers()
    {
        await NcclStandIn.CompileAsync(_folder.FullName);
        using var unlucky = torch.zeros(NcclStandIn.UnluckyLength);
        using var whole = torch.zeros(2, torch.int64);
        using (var alone = Start(SingleCollective.Instance))
        {
            Assert.Equal(
                "Ranks sum numbers of single and double precision, not Int64.",
                Assert.Throws<TorchExecutionException>(() => alone.Sum(whole)).Message);
            Assert.Equal(
                "ncclAllReduce of NCCL 2.21.5 failed on rank 0 of 1: internal error of the stand-in (code 3). With NCCL_DEBUG=WARN in the "
                + "environment NCCL writes to the rank's log why.",
                Assert.Throws<TorchExecutionException>(() => alone.Sum(unlucky)).Message);
        }

        Assert.Equal(["0 join", "0 sum 4242 float", "0 abort"], NcclStandIn.CallsIn(_folder.FullName));
    }

    [Fact]
    public void Start_WithoutNccl_SaysWhereItWasSought()
    {
        Assert.Equal(
            "libnccl.so.2 lies neither beside LibTorch nor where the system's loader looks. Install NVIDIA's package libnccl2, or set QAT_NCCL to "
            + "the path of the library.",
            Assert.Throws<NativeLibraryException>(() => NcclCollective.Start(SingleCollective.Instance)).Message);
        Assert.Equal(
            "libc.so.6 is not a library of NCCL: it has no ncclGetVersion.",
            Assert.Throws<NativeLibraryException>(() => NcclCollective.Start(SingleCollective.Instance, "libc.so.6")).Message);
    }

    [Theory]
    [InlineData(2708, "2.7.8")]
    [InlineData(21005, "2.10.5")]
    [InlineData(22105, "2.21.5")]
    public void VersionOf_CodeOfBothForms_IsTheVersion(int code, string version) =>
        Assert.Equal(Version.Parse(version), NcclCollective.VersionOf(code));

    private NcclCollective Start(ICollective processors) => NcclCollective.Start(
        processors, NcclStandIn.PathIn(processors.Size > 1 ? MpiRanks.Folder : _folder.FullName));
}
