using System.Collections.Concurrent;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.EndToEnd.Chaos;

/// <summary>Kills every service several times, at random instants of stages, and starts it again each time.</summary>
/// <param name="system">The victims.</param>
/// <param name="runs">How the names of the runs begin whose stages count.</param>
/// <param name="seed">Decides the instants.</param>
/// <param name="durations">How long each stage takes undisturbed.</param>
internal sealed class ServiceKiller(DistributedSystem system, string runs, int seed, IReadOnlyDictionary<string, TimeSpan> durations)
{
    private const string Attempts = "attempts.json";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    // The dataset service is also killed while calibration and training read images from it; the gateway at any time.
    private static readonly Victim[] Victims =
    [
        new("dataset-loading", Own(StageNames.Dataset, 2, "dataset-loading")
            .Append(new("ptq-calibration", StageNames.Calibrate))
            .Append(new("qat-training", StageNames.Qat))),
        new("ptq-calibration", Own(StageNames.Calibrate, 4, "ptq-calibration", "statistics.bin")),
        new("qat-training", Own(StageNames.Qat, 4, "qat-training", "qat.checkpoint")),
        new("onnx-graph-optimization", Own(StageNames.Optimize, 3, "onnx-graph-optimization")),
        new("trt-engine-building", Own(StageNames.Build, 3, "trt-engine-building")),
        new("coco-evaluation", Own(StageNames.Evaluate, 3, "coco-evaluation")),
        new("gateway", Own(StageNames.Calibrate, 1, "ptq-calibration")
            .Append(new("qat-training", StageNames.Qat))
            .Append(new("coco-evaluation", StageNames.Evaluate))),
    ];

    /// <summary>The kills so far.</summary>
    public ConcurrentQueue<Kill> Kills { get; } = new();

    /// <summary>Kills until the plan is fulfilled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Victims.Select((victim, index) => RunAsync(victim, new Random(seed + index), cancellationToken)));

    private static IEnumerable<Moment> Own(string stage, int times, string watched, string? checkpoint = null) =>
        Enumerable.Range(0, times).Select(time => new Moment(watched, stage, time == 0 ? checkpoint : null));

    private async Task RunAsync(Victim victim, Random random, CancellationToken cancellationToken)
    {
        foreach (var moment in victim.Moments)
        {
            var key = await system.Host.ExecutesAsync(moment.Watched, moment.Stage, runs, cancellationToken);
            if (moment.Checkpoint is { } checkpoint)
            {
                await CheckpointAsync(key, checkpoint, cancellationToken);
            }

            await Task.Delay(durations[moment.Stage] * (0.8 * random.NextDouble()), cancellationToken);
            await system.Host.KillAsync(victim.Service, cancellationToken);
            var isCommitted = await system.Blobs.ExistsAsync(StorePaths.StageRecord(key), cancellationToken);
            var checkpoints = await system.Blobs.ListAsync(StorePaths.Checkpoints(key), cancellationToken)
                .Select(blob => Path.GetFileName(blob.Name)).Where(name => name != Attempts).ToListAsync(cancellationToken);
            Kills.Enqueue(new Kill(victim.Service, moment.Stage, isCommitted, checkpoints));
            await system.Host.ResumeAsync(victim.Service, cancellationToken);
        }
    }

    // The stage may be over before it is seen.
    private async Task CheckpointAsync(string key, string checkpoint, CancellationToken cancellationToken)
    {
        while (!await system.Blobs.ExistsAsync(StorePaths.Checkpoint(key, checkpoint), cancellationToken)
            && !await system.Blobs.ExistsAsync(StorePaths.StageRecord(key), cancellationToken))
        {
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>A kill, and what the stage that was under way had left in the store by then.</summary>
    internal sealed record Kill(string Service, string Stage, bool IsCommitted, IReadOnlyList<string> Checkpoints);

    private sealed record Victim(string Service, IEnumerable<Moment> Moments);

    /// <summary>After a service has begun with a stage, and has written the checkpoint if one is named.</summary>
    private sealed record Moment(string Watched, string Stage, string? Checkpoint = null);
}
