using System.Collections.Concurrent;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Lineage;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Tests.Embedded;

public sealed class EmbeddedPipelineTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_FullSpecification_ExecutesEveryIncludedStageOnce()
    {
        var stages = ScriptedStage.FullPipeline();
        var progress = new Recorder();
        var run = await RunAsync(stages, progress: progress);

        Assert.Null(run.Failure);
        Assert.Equal(["dataset", "calibrate", "qat", "optimize", "build", "evaluate"], run.Stages.Select(stage => stage.Record.Stage));
        Assert.Equal([1, 0, 1, 1, 1, 1, 1], stages.Select(stage => stage.Executions));
        Assert.Equal(6, run.Artifacts.Count);
        Assert.Contains(progress.Reports, report => report is { Stage: "evaluate", State: StageState.Completed });
        var status = await StatusAsync(run.RunId);
        Assert.Equal(RunState.Completed, status.State);
        Assert.All(status.Stages, stage => Assert.Equal(StageState.Completed, stage.State));
        var lineage = await new LineageLog(new FolderBlobStore(_folder.FullName)).ReadAsync(run.RunId, Token);
        Assert.Equal(6, lineage.Count(entry => entry.EventType == "COMPLETE"));
    }

    [Fact]
    public async Task Run_SecondTime_ReusesEveryStage()
    {
        var first = await RunAsync(ScriptedStage.FullPipeline());
        var again = ScriptedStage.FullPipeline();
        var second = await RunAsync(again);
        Assert.All(second.Stages, stage => Assert.True(stage.Reused));
        Assert.All(again, stage => Assert.Equal(0, stage.Executions));
        Assert.Equal(first.Artifacts, second.Artifacts);
    }

    [Fact]
    public async Task Run_WithoutQat_GoesFromCalibrationToOptimization()
    {
        var run = await RunAsync(ScriptedStage.FullPipeline(), ScriptedStage.Specification(qat: false));
        Assert.Equal(["dataset", "calibrate", "optimize", "build", "evaluate"], run.Stages.Select(stage => stage.Record.Stage));
    }

    [Fact]
    public async Task Run_BadInput_FailsWithStageMessageAndRemedy()
    {
        var stages = ScriptedStage.FullPipeline().ToList();
        stages[2] = new ScriptedStage(StageNames.Calibrate, ArtifactNames.PtqGraph)
        {
            Script = (_, _) => throw new FileNotFoundException("images/000001.jpg does not exist"),
        };
        var run = await RunAsync(stages);
        Assert.Equal("calibrate", run.Failure!.Stage);
        Assert.Equal("images/000001.jpg does not exist", run.Failure.Message);
        Assert.Contains("path", run.Failure.Remedy, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, (await StatusAsync(run.RunId)).State);
    }

    [Fact]
    public async Task Run_Cancelled_ResumesFromTheCheckpoint()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var stages = ScriptedStage.FullPipeline().ToList();
        stages[3] = new ScriptedStage(StageNames.Qat, ArtifactNames.QatGraph)
        {
            Script = async (context, token) =>
            {
                await context.Checkpoints.WriteAsync("epoch", new byte[] { 3 }, token);
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(stages, cancellationToken: cancel.Token));

        byte[]? found = null;
        stages[3] = new ScriptedStage(StageNames.Qat, ArtifactNames.QatGraph)
        {
            Script = async (context, token) => found = await context.Checkpoints.ReadAsync("epoch", token),
        };
        var run = await RunAsync(stages);
        Assert.Null(run.Failure);
        Assert.Equal([3], found!);
    }

    [Fact]
    public async Task Run_WithReport_PutsItsFilesAmongTheRunsFiles()
    {
        var options = new EmbeddedOptions { Report = new CountingReport() };
        var run = await EmbeddedPipeline.RunAsync(
            ScriptedStage.Specification(), _folder.FullName, ScriptedStage.FullPipeline(), options, null, Token);
        Assert.Equal("6", await File.ReadAllTextAsync(_folder.PathOf("runs", run.RunId, "files", "report.txt"), Token));
    }

    private Task<EmbeddedRun> RunAsync(
        IEnumerable<ScriptedStage> stages,
        RunSpecification? specification = null,
        IProgress<StageStatus>? progress = null,
        CancellationToken? cancellationToken = null) =>
        EmbeddedPipeline.RunAsync(
            specification ?? ScriptedStage.Specification(),
            _folder.FullName,
            stages,
            new EmbeddedOptions(),
            progress,
            cancellationToken ?? Token);

    private async Task<RunStatus> StatusAsync(string runId) =>
        (await new FolderBlobStore(_folder.FullName).ReadJsonAsync<RunStatus>(StorePaths.Status(runId), Token))!;

    private sealed class Recorder : IProgress<StageStatus>
    {
        public ConcurrentBag<StageStatus> Reports { get; } = [];

        public void Report(StageStatus value) => Reports.Add(value);
    }

    private sealed class CountingReport : IRunReport
    {
        public Task WriteAsync(RunReportContext context, string folder, CancellationToken cancellationToken) =>
            File.WriteAllTextAsync(Path.Combine(folder, "report.txt"), $"{context.Stages.Count}", cancellationToken);
    }
}
