using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;
using QatPipeline.SystemSupport;

namespace QatPipeline.Chaos;

/// <summary>The demo run on a system that loses one process while it works, and that nobody helps.</summary>
[Trait("Category", "Slow")]
public sealed class SingleKillTests(SingleKillTests.Undisturbed undisturbed) : IClassFixture<SingleKillTests.Undisturbed>
{
    private const string RunId = "one-kill";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>Which stage works when a process is lost; training for those that all stages need.</summary>
    private static readonly Dictionary<string, string> StagesOf = new()
    {
        ["dataset-loading"] = StageNames.Calibrate,
        ["ptq-calibration"] = StageNames.Calibrate,
        ["onnx-graph-optimization"] = StageNames.Optimize,
        ["trt-engine-building"] = StageNames.Build,
        ["coco-evaluation"] = StageNames.Evaluate,
    };

    public static TheoryData<string> Processes => [.. Victims.Known.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Processes))]
    public async Task Demo_OneProcessIsKilled_CompletesWithTheBytesOfAnUndisturbedRun(string victim)
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        var stage = StagesOf.GetValueOrDefault(victim, StageNames.Qat);
        await using var system = await ChaosSystem.StartAsync(Token);
        await system.SubmitAsync(RunId, Undisturbed.Yaml, Token);
        await system.WaitAsync(RunId, run => HasBegun(run, stage), Patience, Token);

        await Victims.SignalAsync(await system.Victims.FindAsync(victim, Token), "KILL", Token);

        var run = await system.EndAsync(RunId, Patience, Token);
        Assert.True(run.State == RunState.Completed, $"{run.Failure}\n{system.Output}");
        Assert.Equal((await undisturbed.Run.Value).Artifacts, run.Artifacts);
    }

    // A stage of a second is over before anybody looks.
    private static bool HasBegun(RunStatus run, string stage) =>
        run.Stages.Any(status => status.Stage == stage && status.State != StageState.Waiting);

    /// <summary>What the demo gives without any mishap, made once.</summary>
    public sealed class Undisturbed : IDisposable
    {
        private static readonly string Folder = Path.Combine(TestData.RepositoryRoot, "samples", "demo");

        private readonly ScratchFolder _store = new();

        public Undisturbed() => Run = new(() => SmallRun.ExpectedAsync(
            RunSpecificationLoader.Parse(Yaml, "the demo", "/"), _store.FullName, CancellationToken.None));

        /// <summary>The demo's specification for somebody who reads it from elsewhere.</summary>
        public static string Yaml { get; } = File.ReadAllText(Path.Combine(Folder, "run.yaml"))
            .Replace("weights.safetensors", Path.Combine(Folder, "weights.safetensors"), StringComparison.Ordinal)
            .Replace("scales.safetensors", Path.Combine(Folder, "scales.safetensors"), StringComparison.Ordinal);

        internal Lazy<Task<Messaging.Embedded.EmbeddedRun>> Run { get; }

        public void Dispose() => _store.Dispose();
    }
}
