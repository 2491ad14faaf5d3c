using QatPipeline.Contracts.Artifacts;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Messaging.Tests.Integrity;

/// <summary>A byte that flips anywhere in the folder of a finished run.</summary>
public sealed class FolderDamageTests : IDisposable
{
    private const int Seed = 13;
    private const string RunId = "damaged";

    private readonly ScratchFolder _folder = new();
    private readonly Random _random = new(Seed);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryBlob_Flipped_IsNamedInsteadOfHandedOutAndRepairedByTheSameRun()
    {
        var run = await RunAsync(RunId);
        var expected = await StoreExpectations.TakeAsync(new FolderBlobStore(_folder.FullName));
        await expected.AssertSoundAsync(RunId);

        // A run's artifacts are links to those of the store.
        foreach (var name in expected.Names.Where(name => !run.Artifacts.Any(artifact => name == StorePaths.RunFile(RunId, artifact.Name))))
        {
            Flip(name);
            await expected.AssertNeverHandedOutAsync(name, RunId, run.Artifacts);
            await expected.AssertVerifyNamesAsync(name);

            var stages = ScriptedStage.FullPipeline();
            var again = await RunAsync(RunId, stages);
            Assert.True(again.Failure is null, $"{name}: {again.Failure}");
            Assert.Equal(run.Artifacts, again.Artifacts);
            var isShared = name.StartsWith(StorePaths.Artifacts, StringComparison.Ordinal)
                || name.StartsWith(StorePaths.StageRecords, StringComparison.Ordinal);
            Assert.Equal(isShared ? 1 : 0, stages.Sum(stage => stage.Executions));
            await expected.AssertSoundAsync(RunId);
        }
    }

    [Fact]
    public async Task SharedBlob_Flipped_IsRepairedByANewRun()
    {
        var run = await RunAsync(RunId);
        var expected = await StoreExpectations.TakeAsync(new FolderBlobStore(_folder.FullName));
        Flip(StorePaths.Artifact(run.Artifacts.Single(artifact => artifact.Name == ArtifactNames.PtqGraph).Sha256));
        Flip(StorePaths.StageRecord(run.Stages[0].Record.Key));

        var stages = ScriptedStage.FullPipeline();
        var other = await RunAsync("other", stages);
        Assert.Equal(run.Artifacts, other.Artifacts);
        Assert.Equal(2, stages.Sum(stage => stage.Executions));
        await expected.AssertSoundAsync(RunId);
        await expected.AssertSoundAsync("other");
    }

    [Fact]
    public async Task EverythingOfARun_Flipped_IsRepairedAtOnce()
    {
        var run = await RunAsync(RunId);
        var expected = await StoreExpectations.TakeAsync(new FolderBlobStore(_folder.FullName));
        foreach (var name in expected.Names.Where(name => !run.Artifacts.Any(artifact => name == StorePaths.RunFile(RunId, artifact.Name))))
        {
            Flip(name);
        }

        var again = await RunAsync(RunId);
        Assert.Equal(run.Artifacts, again.Artifacts);
        await expected.AssertSoundAsync(RunId);
    }

    [Fact]
    public async Task SoundRun_SubmittedAgainUnderItsId_IsLeftAlone()
    {
        var run = await RunAsync(RunId);
        var stages = ScriptedStage.FullPipeline();
        var again = await RunAsync(RunId, stages);
        Assert.Equal(run.Artifacts, again.Artifacts);
        Assert.Equal(run.Stages.Select(stage => stage.Record.Started), again.Stages.Select(stage => stage.Record.Started));
        Assert.All(stages, stage => Assert.Equal(0, stage.Executions));
    }

    [Fact]
    public async Task DamagedSpecification_OfAnotherRun_IsNotReplaced()
    {
        await RunAsync(RunId);
        Flip(StorePaths.Specification(RunId));
        var exception = await Assert.ThrowsAsync<DamagedBlobException>(() => EmbeddedPipeline.RunAsync(
            ScriptedStage.Specification(seed: 2), _folder.FullName, ScriptedStage.FullPipeline(), Options(RunId), null, Token));
        Assert.Contains(StorePaths.Specification(RunId), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedRun_SubmittedAgainUnderItsId_IsTakenUpAgain()
    {
        var stages = ScriptedStage.FullPipeline().ToList();
        stages[2] = new ScriptedStage(StageNames.Calibrate, ArtifactNames.PtqGraph, ArtifactNames.DatasetIndex)
        {
            Script = (_, _) => throw new FileNotFoundException("images/000001.jpg does not exist"),
        };
        Assert.NotNull((await RunAsync(RunId, stages)).Failure);
        Assert.Null((await RunAsync(RunId)).Failure);
    }

    private Task<EmbeddedRun> RunAsync(string runId, IReadOnlyList<ScriptedStage>? stages = null) => EmbeddedPipeline.RunAsync(
        ScriptedStage.Specification(), _folder.FullName, stages ?? ScriptedStage.FullPipeline(), Options(runId), null, Token);

    private static EmbeddedOptions Options(string runId) => new() { RunId = runId, Report = new TextReport() };

    // In place, as a disk does it.
    private void Flip(string name)
    {
        var path = _folder.PathOf(name);
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var content = File.ReadAllBytes(path);
        content[_random.Next(content.Length)] ^= (byte)(1 << _random.Next(8));
        using var file = File.OpenWrite(path);
        file.Write(content);
    }

    private sealed class TextReport : IRunReport
    {
        public Task WriteAsync(RunReportContext context, string folder, CancellationToken cancellationToken) =>
            File.WriteAllTextAsync(Path.Combine(folder, "report.txt"), $"{context.Stages.Count}", cancellationToken);
    }
}
