using System.Diagnostics;
using System.Globalization;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Specification;
using QatPipeline.SystemSupport;

namespace QatPipeline.Chaos;

/// <summary>Does what the plan says, and tells what it did.</summary>
internal sealed class Monkey(ChaosSystem system, EventTape tape, string knownRun)
{
    private static readonly TimeSpan LongestPublication = TimeSpan.FromSeconds(20);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _forgeries;

    /// <summary>How much was done.</summary>
    public int Mishaps { get; private set; }

    public int Kills { get; private set; }

    public async Task RunAsync(IReadOnlyList<Mishap> plan, CancellationToken cancellationToken)
    {
        foreach (var mishap in plan)
        {
            await Task.Delay(mishap.Pause, cancellationToken);
            var done = await DoAsync(mishap, cancellationToken);
            var outcome = done ? "" : "  (not possible here)";
            Mishaps++;
            TestContext.Current.SendDiagnosticMessage(
                string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,7:0.0} s  {mishap}{outcome}"));
        }
    }

    private async Task<bool> DoAsync(Mishap mishap, CancellationToken cancellationToken)
    {
        switch (mishap.Kind)
        {
            case MishapKind.Kill:
                await KillAsync(mishap.Victim, cancellationToken);
                return true;
            case MishapKind.Restart:
                await Victims.SignalAsync(await system.Victims.FindAsync(mishap.Victim, cancellationToken), "TERM", cancellationToken);
                return true;
            case MishapKind.Freeze:
                var frozen = await system.Victims.FindAsync(mishap.Victim, cancellationToken);
                await Victims.SignalAsync(frozen, "STOP", cancellationToken);
                await Task.Delay(mishap.Length, cancellationToken);
                await Victims.SignalAsync(frozen, "CONT", cancellationToken);
                return true;
            case MishapKind.FullDisk when system.Disk is { } disk:
                disk.Fill();
                await Task.Delay(mishap.Length, cancellationToken);
                disk.Free();
                return true;
            case MishapKind.ReadOnlyDisk when system.Disk is { } disk:
                return await MakeReadOnlyAsync(disk, mishap, cancellationToken);
            case MishapKind.ClockJump when ChaosSystem.HasClock:
                system.SetClock(mishap.Length);
                return true;
            case MishapKind.NetworkCut when system.Remote is { } remote:
                remote.PullCable();
                await Task.Delay(mishap.Length, cancellationToken);
                remote.PlugCable();
                return true;
            case MishapKind.Forgery:
                await ForgeAsync(cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private async Task KillAsync(string victim, CancellationToken cancellationToken)
    {
        Kills++;
        if (victim is not ("apphost" or "orchestrator"))
        {
            await Victims.SignalAsync(await system.Victims.FindAsync(victim, cancellationToken), "KILL", cancellationToken);
            return;
        }

        // The orchestrator's clock cannot be moved, as it does without the C library: an AppHost that starts in the past takes its
        // certificate for one of the future.
        system.SetClock(TimeSpan.Zero);
        var gateway = await system.Victims.FindAsync("gateway", cancellationToken);
        await Victims.SignalAsync(await system.Victims.FindAsync(victim, cancellationToken), "KILL", cancellationToken);
        await system.Victims.FindAsync("gateway", cancellationToken, other: gateway);
    }

    // A file that is open for writing keeps the disk writable: the moment between the storage's end and its new start is used.
    private async Task<bool> MakeReadOnlyAsync(ChaosDisk disk, Mishap mishap, CancellationToken cancellationToken)
    {
        await KillAsync(mishap.Victim, cancellationToken);
        var waited = Stopwatch.StartNew();
        while (!disk.TryMakeReadOnly())
        {
            if (waited.Elapsed > mishap.Length)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        await Task.Delay(mishap.Length, cancellationToken);
        disk.MakeWritable();
        return true;
    }

    private async Task ForgeAsync(CancellationToken cancellationToken)
    {
        var specification = RunSpecificationLoader.Parse(SmallRun.Yaml(variation: 999), "the forgery", "/");
        var moment = DateTimeOffset.UnixEpoch;
        object[] forgeries =
        [
            new StageFailed("forged-failure", StageNames.Qat, "forged", "", "Forged", moment),
            new PipelineCompleted(knownRun, "forged", [], moment),
            new ModelEvaluated("forged-evaluation", specification, []),
            new PipelineRequested(knownRun, specification, []),
        ];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestPublication);
        try
        {
            await tape.PublishAsync(forgeries[_forgeries++ % forgeries.Length], limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The broker is away, which is somebody else's mishap.
        }
    }
}
