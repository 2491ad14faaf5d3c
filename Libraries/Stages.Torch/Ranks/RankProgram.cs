using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using QatPipeline.Foundation;
using QatPipeline.Foundation.Natives;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>What a program does that <c>mpiexec</c> has started as a rank of a training.</summary>
public static class RankProgram
{
    private const string Argument = "--rank-of";
    private const string Probe = "--rank-probe";
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Whether the program was started as a rank.</summary>
    public static bool IsAskedFor(IReadOnlyList<string> arguments) => arguments is [Argument, _] or [Probe];

    /// <summary>Trains to the end with the other ranks; or, where that is all that is asked, says whether a rank could work here.</summary>
    /// <param name="arguments">The program's.</param>
    /// <param name="images">Where pictures come from.</param>
    /// <returns>The program's exit code: other than 0, mpiexec ends all ranks.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IImageSource images)
    {
        try
        {
            if (arguments is [Probe])
            {
                CodeVersion.RequireSame();
                MpiCollective.Component.Load();
                return 0;
            }

            _ = Task.Run(WatchAsync);
            RankDevices.Choose();
            await TorchThread.RunAsync(() => WorkAsync(arguments[1], images));
            return 0;
        }
        catch (Exception error) when (error is NativeLibraryException or RankException && arguments is [Probe])
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync(error.ToString());
            await ReportAsync(arguments[1], error);
            return 1;
        }
    }

    /// <summary>What a program is started with as a rank.</summary>
    /// <param name="address">Where it finds its stage.</param>
    internal static string[] ArgumentsFor(string address) => [Argument, address];

    /// <summary>What a program is started with to say whether a rank could work there.</summary>
    internal static string[] ProbeArguments { get; } = [Probe];

    /// <summary>Ends this process as if it were killed: whom it worked for is gone, and native code may be waiting for other ranks.</summary>
    internal static void EndAtOnce() => Process.GetCurrentProcess().Kill();

    // After a failure the others are not waited for, as taking leave of them would do.
    private static async Task WorkAsync(string address, IImageSource images)
    {
        CodeVersion.RequireSame();
        var ranks = new MeteredCollective(RankDevices.Join());
        var stage = ranks.Rank == 0 ? await StageLink.OpenAsync(address) : null;
        var job = JsonSerializer.Deserialize<RankJob>(
            ranks.Share(await (stage?.JobAsync() ?? Task.FromResult<byte[]>([]))), PipelineJson.Compact)!;
        using var inputs = job.AreInputsSent ? ScratchSpace.Create(Path.Combine(UserFolders.Cache, "rank-inputs")) : null;
        var files = new Dictionary<string, string>(job.Inputs, StringComparer.Ordinal);
        foreach (var input in job.SentInputs)
        {
            files[input] = Path.Combine(inputs!.Folder, input);
            await File.WriteAllBytesAsync(files[input], ranks.Share(await (stage?.InputAsync() ?? Task.FromResult<byte[]>([]))));
        }

        await TrainAsync(job with { Inputs = files }, images, ranks, stage);
        ranks.Dispose();
    }

    private static async Task TrainAsync(RankJob job, IImageSource images, MeteredCollective ranks, StageLink? link)
    {
        var context = new RankContext(job);
        var meter = new RankMeter(ranks, link);
        var store = new SharedStore(ranks, link, meter);
        var callbacks = new TrainingCallbacks
        {
            Evaluate = (graph, _) => EvaluateAsync(graph, ranks, link),
            Progress = meter,
            Baseline = job.Baseline ?? double.NegativeInfinity,
        };
        var result = job.Stage switch
        {
            StageNames.Qat => await QatTraining.RunAsync(
                context, await QatInputs.OpenAsync(context, images, default), callbacks, store, ranks, default),
            StageNames.TrainFloat => await TrainFloatAsync(),
            var other => throw new InvalidOperationException($"Stage '{other}' does not train by several ranks."),
        };
        await (link?.EndAsync(result) ?? Task.CompletedTask);

        async Task<TrainingResult> TrainFloatAsync()
        {
            var (index, network) = await FloatTraining.OpenAsync(context, default);
            return await FloatTraining.RunAsync(
                context, index, network, new TrainingCallbacks { Progress = meter }, callbacks, store, ranks, default);
        }
    }

    private static async Task<double> EvaluateAsync(Graph graph, MeteredCollective ranks, StageLink? link)
    {
        double[] score = [link is null ? 0 : await link.EvaluateAsync(graph)];
        ranks.Barrier();
        ranks.Broadcast(MemoryMarshal.AsBytes(score.AsSpan()));
        return score[0];
    }

    // The launcher's name of the rank: MPI itself may be what fails.
    private static async Task ReportAsync(string address, Exception error)
    {
        var rank = int.Parse(Environment.GetEnvironmentVariable("PMI_RANK") ?? "0", CultureInfo.InvariantCulture);
        try
        {
            await StageLink.ReportAsync(address, new RankError(rank, error is InputException, error.Message));
        }
        catch (RankChannelException)
        {
            // Nobody is there to hear it; the rank's log has it.
        }
    }

    // A rank whose launcher was killed would wait for the others for ever.
    private static async Task WatchAsync()
    {
        var parent = GetParentId();
        using var timer = new PeriodicTimer(WatchPeriod);
        while (await timer.WaitForNextTickAsync())
        {
            if (GetParentId() != parent)
            {
                EndAtOnce();
            }
        }
    }

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetParentId();
}
