using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Tests.Native;

public sealed class TorchThreadTests
{
    [Fact]
    public async Task Work_OfAllCallers_RunsOnOneThread_AwaitsIncluded()
    {
        var seen = new List<int>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TorchThread.Run(() => Note(seen)))));
        await TorchThread.RunAsync(async () =>
        {
            Note(seen);
            await Task.Delay(1);
            Note(seen);
            TorchThread.Run(() => Note(seen));
        });

        Assert.Equal(7, seen.Count);
        Assert.Single(seen.Distinct());
        Assert.NotEqual(Environment.CurrentManagedThreadId, seen[0]);
    }

    [Fact]
    public async Task Failure_ReachesTheCaller_AndTheThreadGoesOn()
    {
        Assert.Throws<TorchExecutionException>(() => TorchThread.Run<int>(() => throw new TorchExecutionException("no")));
        await Assert.ThrowsAsync<TorchExecutionException>(() => TorchThread.RunAsync(async () =>
        {
            await Task.Yield();
            throw new TorchExecutionException("no");
        }));

        Assert.Equal(3, TorchThread.Run(() => 3));
    }

    private static int Note(List<int> seen)
    {
        seen.Add(Environment.CurrentManagedThreadId);
        return seen.Count;
    }
}
