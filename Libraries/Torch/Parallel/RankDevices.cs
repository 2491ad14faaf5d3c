using System.Globalization;
using System.Runtime.InteropServices;
using QatPipeline.Torch.Native;

namespace QatPipeline.Torch.Parallel;

/// <summary>What each rank computes on: the GPU of its number among the ranks of its host, or processors where no rank has a GPU.</summary>
public static class RankDevices
{
    private const string Visible = "CUDA_VISIBLE_DEVICES";

    // As MPICH, Open MPI and Slurm tell it.
    private static readonly string[] LocalRanks = ["MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"];

    /// <summary>Leaves this process the one GPU that is its own. Before the first call of LibTorch: CUDA reads its environment once.</summary>
    public static void Choose()
    {
        if (LocalRanks.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is not null) is { } rank)
        {
            // The runtime keeps its environment to itself; CUDA reads that of the system.
            _ = SetVariable(Visible, Of(int.Parse(rank, CultureInfo.InvariantCulture), Environment.GetEnvironmentVariable(Visible)), overwrite: 1);
        }
    }

    /// <summary>Joins the ranks that <c>mpiexec</c> has started: over NCCL on GPUs, over MPI on processors.</summary>
    /// <exception cref="TorchExecutionException">Some have a GPU and some have none.</exception>
    public static ICollective Join()
    {
        var ranks = MpiCollective.Start();
        var hasGpu = TorchDevices.Default.type != DeviceType.CPU;
        RequireAlike(ranks, hasGpu);
        return hasGpu ? NcclCollective.Start(ranks) : ranks;
    }

    /// <summary>The entry of a list of GPUs that is a rank's; none where the list ends before.</summary>
    /// <param name="localRank">The rank's number on its host.</param>
    /// <param name="visible">Numbers or names with commas between them; null for all in their order.</param>
    internal static string Of(int localRank, string? visible) =>
        visible is null ? localRank.ToString(CultureInfo.InvariantCulture)
        : visible.Split(',', StringSplitOptions.TrimEntries).ElementAtOrDefault(localRank) ?? "";

    internal static void RequireAlike(ICollective ranks, bool hasGpu)
    {
        var gpus = new float[ranks.Size];
        gpus[ranks.Rank] = hasGpu ? 1 : 0;
        ranks.Sum(gpus);
        int[] without = [.. Enumerable.Range(0, ranks.Size).Where(rank => gpus[rank] == 0)];
        if (without.Length > 0 && without.Length < ranks.Size)
        {
            throw new TorchExecutionException(
                $"Rank {string.Join(", ", without)} of {ranks.Size} has no GPU, others have one: let every host have as many ranks as GPUs, or set "
                + $"{Visible} to nothing to train on processors.");
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
