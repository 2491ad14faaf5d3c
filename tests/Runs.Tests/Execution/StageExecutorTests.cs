using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Lineage;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Runs.Tests.Execution;

public sealed class StageExecutorTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FolderBlobStore _blobs;

    public StageExecutorTests() => _blobs = new FolderBlobStore(_folder.PathOf("store"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Execute_Commits_RecordFilesAndLineage()
    {
        var result = await ExecuteAsync(Dataset(), "r1");

        var output = Assert.Single(result.Record.Outputs);
        Assert.False(result.Reused);
        Assert.Equal(10, result.Record.Measurements["characters"].GetInt32());
        Assert.Equal("dataset/1\n", await File.ReadAllTextAsync(_folder.PathOf("store", "runs", "r1", "files", output.Name), Token));
        var lineage = await new LineageLog(_blobs).ReadAsync("r1", Token);
        Assert.Equal(["START", "COMPLETE"], lineage.Select(entry => entry.EventType));
        Assert.Equal(output.Sha256, lineage[1].Outputs.Single().Facets.Version.DatasetVersion);
        Assert.Equal([_folder.PathOf("scratch", ".locks")], Directory.GetDirectories(_folder.PathOf("scratch")));
    }

    [Fact]
    public async Task Execute_BySeveralProcesses_IsToldInRecordAndLineage()
    {
        var result = await ExecuteAsync(new ScriptedStage("dataset", ArtifactNames.DatasetIndex) { SharedBy = 2 }, "r1");

        Assert.Equal(2, result.Record.Processes);
        Assert.All(await new LineageLog(_blobs).ReadAsync("r1", Token), entry => Assert.Equal(2, entry.Run.Facets.Stage.Processes));
    }

    [Fact]
    public async Task Execute_SameKeyInAnotherRun_IsReused()
    {
        var stage = Dataset();
        var first = await ExecuteAsync(stage, "r1");
        var second = await ExecuteAsync(stage, "r2");
        Assert.Equal(1, stage.Executions);
        Assert.True(second.Reused);
        Assert.Equal(first.Record.Outputs, second.Record.Outputs);
        Assert.True(await _blobs.ExistsAsync(StorePaths.RunFile("r2", ArtifactNames.DatasetIndex), Token));
    }

    [Fact]
    public async Task Execute_OtherSeedVersionOrInput_IsNotReused()
    {
        await ExecuteAsync(Dataset(), "r1");
        Assert.False((await ExecuteAsync(Dataset(), "r2", seed: 2)).Reused);
        Assert.False((await ExecuteAsync(new ScriptedStage("dataset", ArtifactNames.DatasetIndex) { Version = 2 }, "r3")).Reused);
    }

    [Fact]
    public async Task Execute_DeletedArtifact_IsMadeAgain()
    {
        var stage = Dataset();
        var first = await ExecuteAsync(stage, "r1");
        await _blobs.DeleteAsync(StorePaths.Artifact(first.Record.Outputs[0].Sha256), Token);
        await ExecuteAsync(stage, "r2");
        Assert.Equal(2, stage.Executions);
        Assert.True(await _blobs.ExistsAsync(StorePaths.Artifact(first.Record.Outputs[0].Sha256), Token));
    }

    [Fact]
    public async Task Execute_AfterAnInterruption_ResumesFromTheCheckpoint()
    {
        var interrupted = Dataset(async (context, token) =>
        {
            await context.Checkpoints.WriteAsync("step", new byte[] { 7 }, token);
            throw new TimeoutException("the storage went away");
        });
        await Assert.ThrowsAsync<TimeoutException>(() => ExecuteAsync(interrupted, "r1"));

        byte[]? found = null;
        var resumed = Dataset(async (context, token) => found = await context.Checkpoints.ReadAsync("step", token));
        await ExecuteAsync(resumed, "r1");
        Assert.Equal([7], found!);
        Assert.Empty(await _blobs.ListAsync("checkpoints/", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Execute_DamagedRecordOrOutput_IsMadeAgain()
    {
        var stage = Dataset();
        var first = await ExecuteAsync(stage, "r1");
        Damage(StorePaths.Artifact(first.Record.Outputs[0].Sha256));
        Assert.Equal(first.Record.Outputs, (await ExecuteAsync(stage, "r2")).Record.Outputs);
        Damage(StorePaths.StageRecord(first.Record.Key));
        Assert.Equal(first.Record.Outputs, (await ExecuteAsync(stage, "r3")).Record.Outputs);

        Assert.Equal(3, stage.Executions);
        Assert.True((await ExecuteAsync(stage, "r4")).Reused);
        Assert.Equal(2, (await _blobs.ListAsync(StorePaths.Quarantine, Token).ToListAsync(Token)).Count);
    }

    [Fact]
    public async Task Execute_DamagedInput_FailsAndNamesIt()
    {
        var dataset = await ExecuteAsync(Dataset(), "r1");
        Damage(StorePaths.Artifact(dataset.Record.Outputs[0].Sha256));
        var stage = new ScriptedStage("calibrate", ArtifactNames.PtqGraph, ArtifactNames.DatasetIndex);
        var exception = await Assert.ThrowsAsync<DamagedBlobException>(() => ExecuteAsync(stage, "r1", known: dataset.Record.Outputs));
        Assert.Contains(ArtifactNames.DatasetIndex, exception.Message, StringComparison.Ordinal);
        Assert.False(StageFault.Of(exception).IsTransient);
    }

    [Fact]
    public async Task Execute_DamagedCheckpoint_StartsOver()
    {
        string? name = null;
        var interrupted = Dataset(async (context, token) =>
        {
            await context.Checkpoints.WriteAsync("step", new byte[] { 7 }, token);
            name = (await _blobs.ListAsync("checkpoints/", token).ToListAsync(token)).Single().Name;
            throw new TimeoutException("the storage went away");
        });
        await Assert.ThrowsAsync<TimeoutException>(() => ExecuteAsync(interrupted, "r1"));
        Damage(name!);

        byte[]? found = [];
        var resumed = Dataset(async (context, token) => found = await context.Checkpoints.ReadAsync("step", token));
        await ExecuteAsync(resumed, "r1");
        Assert.Null(found);
        Assert.Equal(BlobState.Unknown, await _blobs.CheckAsync(StorePaths.Quarantined(name!, 1), Token));
    }

    [Fact]
    public async Task Execute_TwoWorkersWithOneKey_TheSecondJoinsTheFirst()
    {
        var started = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var stage = Dataset(async (_, _) =>
        {
            started.TrySetResult();
            await go.Task;
        });
        var first = ExecuteAsync(stage, "r1");
        await started.Task;
        var joining = new TaskCompletionSource();
        var progress = new CallbackProgress(value =>
        {
            if (value.Activity.StartsWith("waiting", StringComparison.Ordinal))
            {
                joining.TrySetResult();
            }
        });
        var second = ExecuteAsync(stage, "r2", progress: progress);
        await joining.Task;
        go.SetResult();
        Assert.False((await first).Reused);
        Assert.True((await second).Reused);
        Assert.Equal(1, stage.Executions);
    }

    [Fact]
    public async Task Execute_MissingInput_NamesStageAndArtifact()
    {
        var stage = new ScriptedStage("calibrate", ArtifactNames.PtqGraph, ArtifactNames.DatasetIndex);
        var exception = await Assert.ThrowsAsync<StageInputException>(() => ExecuteAsync(stage, "r1"));
        Assert.Contains("'calibrate'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(ArtifactNames.DatasetIndex, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_BadInput_LeavesAFailInTheLineage()
    {
        var stage = Dataset((_, _) => throw new InvalidDataException("annotations.json: no images"));
        await Assert.ThrowsAsync<InvalidDataException>(() => ExecuteAsync(stage, "r1"));
        var lineage = await new LineageLog(_blobs).ReadAsync("r1", Token);
        Assert.Equal(["START", "FAIL"], lineage.Select(entry => entry.EventType));
        Assert.Equal("annotations.json: no images", lineage[1].Run.Facets.ErrorMessage!.Message);
    }

    [Fact]
    public async Task Execute_OutputPromisedButNotWritten_Throws()
    {
        var stage = Dataset((context, _) =>
        {
            context.OutputPath("forgotten.json");
            return Task.CompletedTask;
        });
        var exception = await Assert.ThrowsAsync<StageInputException>(() => ExecuteAsync(stage, "r1"));
        Assert.Contains("forgotten.json", exception.Message, StringComparison.Ordinal);
    }

    private static ScriptedStage Dataset(Func<IStageContext, CancellationToken, Task>? script = null) =>
        new("dataset", ArtifactNames.DatasetIndex) { Script = script };

    private void Damage(string name)
    {
        using var file = File.Open(_folder.PathOf("store", name), FileMode.Open);
        var first = file.ReadByte();
        file.Position = 0;
        file.WriteByte((byte)(first ^ 1));
    }

    private async Task<StageResult> ExecuteAsync(
        ScriptedStage stage,
        string runId,
        long seed = 1,
        IProgress<StageProgress>? progress = null,
        IReadOnlyList<ArtifactReference>? known = null)
    {
        var options = new StageExecutorOptions
        {
            ScratchFolder = _folder.PathOf("scratch"),
            JoinPoll = TimeSpan.FromMilliseconds(5),
        };
        var cache = new ArtifactCache(_folder.PathOf("cache"), 1 << 20, TimeProvider.System);
        var executor = new StageExecutor(
            _blobs,
            new ArtifactStore(_blobs, cache),
            new RunFolder(_blobs, StageTable.Standard, TimeProvider.System),
            options,
            TimeProvider.System,
            NullLogger<StageExecutor>.Instance);
        var job = StageJob.Create(stage, new RunContext(runId, ScriptedStage.Specification(seed)), known ?? []);
        return await executor.ExecuteAsync(job, progress, Token);
    }

    private sealed class CallbackProgress(Action<StageProgress> callback) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => callback(value);
    }
}
