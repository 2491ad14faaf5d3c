using QatPipeline.TestSupport.Infrastructure;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Tests.Parallel;

/// <summary>Tests that are passed by several processes at once.</summary>
internal static class MpiRanks
{
    private const string FolderKey = "QAT_TEST_RANK_FOLDER";

    /// <summary>Where a test and its ranks leave files for each other.</summary>
    public static string Folder => Environment.GetEnvironmentVariable(FolderKey)
        ?? throw new InvalidOperationException("This test is passed by ranks that another test starts.");

    /// <summary>Lets an explicit test be passed by ranks, or skips where there is no MPI.</summary>
    public static async Task PassAsync(int ranks, Type test, string method, string folder)
    {
        Assert.SkipUnless(Mpi.IsAvailable, Mpi.SkipReason);
        await Mpi.PassAsync(
            ranks,
            $"{test.FullName}.{method}",
            new Dictionary<string, string>(MpiCollective.Environment) { [FolderKey] = folder },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Within such a test: joins the other ranks and does the work, on the one thread that computes.</summary>
    public static Task JoinAsync(Func<ICollective, Task> work) => TorchThread.RunAsync(async () =>
    {
        using var ranks = MpiCollective.Start();
        await work(ranks);
    });
}
