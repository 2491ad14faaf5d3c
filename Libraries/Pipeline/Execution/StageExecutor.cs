using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts;
using QatPipeline.Pipeline.Artifacts;
using QatPipeline.Pipeline.Lineage;
using QatPipeline.Pipeline.Stages;

namespace QatPipeline.Pipeline.Execution;

/// <summary>
/// Executes stages: once per key, resumable after a kill at any instant, with inputs, outputs and record in the store. The record's
/// conditional write decides; the lease only spares double work.
/// </summary>
public sealed partial class StageExecutor(
    IBlobStore blobs, ArtifactStore artifacts, StageExecutorOptions options, TimeProvider time, ILogger<StageExecutor> logger)
{
    private readonly LineageLog lineageLog = new(blobs);
    private readonly RunFolder runs = new(blobs, time);

    /// <summary>
    /// Gives the record of the stage for these artifacts: the committed one where there is one, else that of the worker who is busy with
    /// it, else that of an own execution.
    /// </summary>
    /// <exception cref="StageInputException">An input is not among the artifacts, or an output was not written.</exception>
    public async Task<StageResult> ExecuteAsync(
        IStage stage,
        RunContext run,
        IReadOnlyCollection<ArtifactReference> known,
        IProgress<StageProgress>? progress,
        CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var inputs = SelectInputs(stage, run, known);
        var configuration = stage.Configuration(run.Specification);
        var key = StageKey.Compute(stage, configuration, inputs);
        using var activity = PipelineTelemetry.StartStage(stage.Name, run.RunId, key, inputs);
        var lineage = new StageLineage(lineageLog, time, run, stage.Name, key, inputs);
        try
        {
            var work = new StageWork(
                stage, run, configuration, inputs, key, lineage, new FigureRecorder(stage.Name, progress), activity);
            var result = await FindOrExecuteAsync(work, cancellationToken);
            await runs.LinkAsync(run.RunId, result, cancellationToken);
            await lineage.CompletedAsync(result, cancellationToken);
            PipelineTelemetry.SetDigests(activity, "qat.outputs", result.Record.Outputs);
            PipelineTelemetry.RecordStage(stage.Name, result.Reused, time.GetElapsedTime(begin));
            activity?.SetTag("qat.reused", result.Reused);
            return result;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message).AddException(exception);
            PipelineTelemetry.RecordFailure(stage.Name);
            if (!StageFault.Of(exception).IsTransient)
            {
                await lineage.FailedAsync(exception.Message, cancellationToken);
            }

            throw;
        }
    }

    private static List<ArtifactReference> SelectInputs(IStage stage, RunContext run, IReadOnlyCollection<ArtifactReference> known) =>
        [.. stage.Inputs(run.Specification).Select(name => known.LastOrDefault(artifact => artifact.Name == name)
            ?? throw new StageInputException(
                $"The stage '{stage.Name}' of run '{run.RunId}' needs the artifact '{name}', which no earlier stage or event gave: "
                + "start the run from an earlier stage, or name the artifact in the event."))];

    private async Task<StageResult> FindOrExecuteAsync(StageWork work, CancellationToken cancellationToken)
    {
        for (var waiting = false; ; waiting = true)
        {
            if (await FindAsync(work, cancellationToken) is { } record)
            {
                return new StageResult(record, Reused: record.RunId != work.Run.RunId);
            }

            await using (var lease = await blobs.TryLeaseAsync(StorePaths.Lease(work.Key), cancellationToken))
            {
                // Between the look above and the lease another worker may have committed.
                if (lease is not null && await FindAsync(work, cancellationToken) is null)
                {
                    using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
                    try
                    {
                        return new StageResult(await ExecuteAsync(work, both.Token), Reused: false);
                    }
                    catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    {
                        LogLeaseLost(work.Stage.Name, work.Key);
                    }
                }
            }

            if (!waiting)
            {
                LogJoining(work.Stage.Name, work.Key);
                work.Progress.Report(new StageProgress("waiting for another worker with the same inputs", 0, 0));
            }

            await Task.Delay(options.JoinPoll, time, cancellationToken);
        }
    }

    // A record whose artifacts were deleted counts for nothing: the work gives the same bytes again.
    private async Task<StageRecord?> FindAsync(StageWork work, CancellationToken cancellationToken)
    {
        var record = await blobs.ReadJsonAsync<StageRecord>(StorePaths.StageRecord(work.Key), cancellationToken);
        foreach (var output in record?.Outputs ?? [])
        {
            if (!await artifacts.ExistsAsync(output, cancellationToken))
            {
                return null;
            }
        }

        if (record is not null)
        {
            PipelineTelemetry.LinkTo(work.Activity, record.TraceParent);
        }

        return record;
    }

    private async Task<StageRecord> ExecuteAsync(StageWork work, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var checkpoints = new CheckpointStore(blobs, work.Key);
        await LinkAttemptsAsync(work, checkpoints, cancellationToken);
        await work.Lineage.StartedAsync(work.Activity?.Id, cancellationToken);
        using var scratch = ScratchSpace.Create(options.ScratchFolder);
        var context = new StageContext(
            work.Run, work.Stage.Name, work.Inputs, artifacts, checkpoints, scratch.Folder, work.Progress, logger);
        LogExecuting(work.Stage.Name, work.Run.RunId, work.Key);
        await work.Stage.ExecuteAsync(context, cancellationToken);
        var record = new StageRecord
        {
            Key = work.Key,
            Stage = work.Stage.Name,
            Version = work.Stage.Version,
            RunId = work.Run.RunId,
            Configuration = JsonSerializer.SerializeToElement(work.Configuration, PipelineJson.Compact),
            Inputs = work.Inputs,
            Outputs = await context.PublishAsync(cancellationToken),
            Measurements = context.Measurements,
            Host = Environment.MachineName,
            Started = started,
            Finished = time.GetUtcNow(),
            TraceParent = work.Activity?.Id,
        };
        var committed = await CommitAsync(record, cancellationToken);
        await checkpoints.DeleteAllAsync(cancellationToken);
        return committed;
    }

    private async Task<StageRecord> CommitAsync(StageRecord record, CancellationToken cancellationToken)
    {
        var name = StorePaths.StageRecord(record.Key);
        await blobs.TryCreateJsonAsync(name, record, cancellationToken);
        var committed = (await blobs.ReadJsonAsync<StageRecord>(name, cancellationToken))!;
        if (!committed.Outputs.SequenceEqual(record.Outputs))
        {
            throw new StageInputException(
                $"The stage '{record.Stage}' gave other bytes for the same key {record.Key}: its outputs depend on something outside its "
                + $"configuration and inputs. Delete the blob {name} to accept the new outputs.");
        }

        return committed;
    }

    // The span of a resumed execution links to the spans of the attempts that were killed.
    private static async Task LinkAttemptsAsync(StageWork work, CheckpointStore checkpoints, CancellationToken cancellationToken)
    {
        const string Attempts = "attempts.json";
        var earlier = await checkpoints.ReadAsync(Attempts, cancellationToken) is { } content
            ? JsonSerializer.Deserialize<List<string>>(content)!
            : [];
        foreach (var attempt in earlier)
        {
            PipelineTelemetry.LinkTo(work.Activity, attempt);
        }

        if (work.Activity?.Id is { } id)
        {
            await checkpoints.WriteAsync(Attempts, JsonSerializer.SerializeToUtf8Bytes<List<string>>([.. earlier, id]), cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Stage {Stage} of run {RunId} executes, key {Key}")]
    private partial void LogExecuting(string stage, string runId, string key);

    [LoggerMessage(LogLevel.Information, "Stage {Stage}, key {Key}: another worker is busy with it, waiting for its record")]
    private partial void LogJoining(string stage, string key);

    [LoggerMessage(LogLevel.Warning, "Stage {Stage}, key {Key}: the lease went to another worker, waiting for its record")]
    private partial void LogLeaseLost(string stage, string key);

    private sealed record StageWork(
        IStage Stage,
        RunContext Run,
        object Configuration,
        IReadOnlyList<ArtifactReference> Inputs,
        string Key,
        StageLineage Lineage,
        IProgress<StageProgress> Progress,
        Activity? Activity);
}
