using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;
using QatPipeline.SystemSupport;

namespace QatPipeline.Chaos;

/// <summary>The demo run on a system that loses each of its processes once, and that nobody helps.</summary>
[Trait("Category", "Slow")]
public sealed class DemoKillTests : IDisposable
{
    private const string RunId = "demo-kills";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly string Demo = Path.Combine(TestData.RepositoryRoot, "samples", "demo");

    /// <summary>Who is lost while a stage works: its own service, and some of those that all stages need.</summary>
    private static readonly (string Stage, string[] Victims)[] Losses =
    [
        (StageNames.Calibrate, ["dataset-loading", "ptq-calibration", "gateway", "storage"]),
        (StageNames.Qat, ["qat-training", "broker", "launcher", "port-mapper", "orchestrator", "apphost"]),
        (StageNames.Optimize, ["onnx-graph-optimization"]),
        (StageNames.Build, ["trt-engine-building"]),
        (StageNames.Evaluate, ["coco-evaluation"]),
    ];

    private readonly ScratchFolder _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Demo_EveryProcessIsKilledInTurn_CompletesWithTheBytesOfAnUndisturbedRun()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        Assert.Equal(Victims.Known.Keys.Order(), Losses.SelectMany(loss => loss.Victims).Order());
        var yaml = File.ReadAllText(Path.Combine(Demo, "run.yaml"))
            .Replace("weights.safetensors", Path.Combine(Demo, "weights.safetensors"), StringComparison.Ordinal)
            .Replace("scales.safetensors", Path.Combine(Demo, "scales.safetensors"), StringComparison.Ordinal);
        await using var system = await ChaosSystem.StartAsync(Token);
        await system.SubmitAsync(RunId, yaml, Token);
        foreach (var (stage, victim) in Losses.SelectMany(loss => loss.Victims.Select(victim => (loss.Stage, victim))))
        {
            var before = await system.WaitAsync(RunId, run => HasBegun(run, stage), Patience, Token);
            await system.Victims.KillAsync(victim, Token);
            TestContext.Current.SendDiagnosticMessage($"{victim} was killed and is back; {stage} had begun, {before.State}");
        }

        var run = await system.EndAsync(RunId, Patience, Token);
        Assert.True(run.State == RunState.Completed, $"{run.Failure}\n{system.Output}");
        var undisturbed = await SmallRun.ExpectedAsync(RunSpecificationLoader.Parse(yaml, "the demo", "/"), _store.FullName, Token);
        Assert.Equal(undisturbed.Artifacts, run.Artifacts);
    }

    // A stage of a second is over before anybody looks.
    private static bool HasBegun(RunStatus run, string stage) =>
        run.IsFinal || run.Stages.Any(status => status.Stage == stage && status.State != StageState.Waiting);
}
