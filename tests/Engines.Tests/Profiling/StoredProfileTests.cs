using QatPipeline.Engines.Profiling;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Tests.Profiling;

public sealed class StoredProfileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly CountingTimer _timer = new();

    [Fact]
    public async Task GetAsync_Twice_MeasuresOnce()
    {
        var first = await GetAsync(threads: 1);
        var measured = _timer.Calls;
        var second = await GetAsync(threads: 1);

        Assert.True(measured > 0);
        Assert.Equal(measured, _timer.Calls);
        Assert.Equal(first.Digest, second.Digest);
    }

    [Fact]
    public async Task GetAsync_OtherThreads_IsAnotherProfile()
    {
        await GetAsync(threads: 1);
        var measured = _timer.Calls;
        await GetAsync(threads: 2);

        Assert.Equal(2 * measured, _timer.Calls);
        Assert.NotEqual(Stored(threads: 1).Path, Stored(threads: 2).Path);
    }

    [Fact]
    public async Task GetAsync_AtTheSameTime_MeasuresOnce()
    {
        var profiles = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => GetAsync(threads: 1))));

        Assert.Equal(profiles[0].Probes.Count, _timer.Calls);
        Assert.Single(profiles.Select(profile => profile.Digest).Distinct());
    }

    [Fact]
    public void Read_NothingMeasured_IsNull() => Assert.Null(Stored(threads: 1).Read());

    [Fact]
    public async Task Read_DamagedFile_IsAnErrorThatNamesIt()
    {
        await GetAsync(threads: 1);
        var path = Stored(threads: 1).Path;
        await File.WriteAllTextAsync(path, "{}", TestContext.Current.CancellationToken);

        Assert.Contains(path, Assert.Throws<GraphException>(() => Stored(threads: 1).Read()).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private StoredProfile Stored(int threads) => new(threads, _folder.FullName);

    private Task<MachineProfile> GetAsync(int threads) => Stored(threads).GetAsync(
        new MachineProfiler(_timer, threads), new Progress<ProfileProgress>(), TestContext.Current.CancellationToken);

    private sealed class CountingTimer : IGraphTimer
    {
        public int Calls { get; private set; }

        public Task<IReadOnlyList<IReadOnlyList<double>>> MeasureAsync(IReadOnlyList<Graph> graphs, CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult<IReadOnlyList<IReadOnlyList<double>>>(
                [.. graphs.Select(graph => new[] { TargetRegistry.OrtCpu.Estimate(graph, MachineProfiles.Avx2)!.Milliseconds })]);
        }
    }
}
