using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Lineage;

namespace QatPipeline.Runs.Execution;

/// <summary>
/// Executes stages: once per key, resumable after a kill at any instant, with inputs, outputs and record in the store. The record's
/// conditional write decides; the lease only spares double work.
/// </summary>
public sealed partial class StageExecutor(
    IBlobStore blobs,
    ArtifactStore artifacts,
    RunFolder runs,
    StageExecutorOptions options,
    TimeProvider time,
    ILogger<StageExecutor> logger)
{
    private readonly LineageLog _lineageLog = new(blobs);

    /// <summary>
    /// Gives the record of the job: the committed one where there is one, else that of the worker who is busy with it, else that of its
    /// own execution.
    /// </summary>
    /// <exception cref="StageInputException">The stage did not write what it promised, or gave other bytes than before.</exception>
    public async Task<StageResult> ExecuteAsync(StageJob job, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var (stage, run) = (job.Stage, job.Run);
        using var activity = PipelineTelemetry.StartStage(job);
        var lineage = new StageLineage(_lineageLog, time, job);
        try
        {
            using var steps = new StepSpans(activity, new FigureRecorder(stage.Name, progress));
            var work = new StageWork(job, lineage, steps, activity);
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

    private async Task<StageResult> FindOrExecuteAsync(StageWork work, CancellationToken cancellationToken)
    {
        for (var waiting = false; ; waiting = true)
        {
            if (await FindAsync(work, cancellationToken) is { } record)
            {
                return new StageResult(record, Reused: record.RunId != work.Job.Run.RunId);
            }

            await using (var lease = await blobs.TryLeaseAsync(StorePaths.Lease(work.Job.Key), cancellationToken))
            {
                // Between the look above and the lease another worker may have committed.
                if (lease is not null && await FindAsync(work, cancellationToken) is null)
                {
                    using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
                    try
                    {
                        return new StageResult(await ExecuteAsync(work, both.Token), Reused: false);
                    }
                    catch (OperationCanceledException)
                        when (lease.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    {
                        LogLeaseLost(work.Job.Stage.Name, work.Job.Key);
                    }
                }
            }

            if (!waiting)
            {
                LogJoining(work.Job.Stage.Name, work.Job.Key);
                work.Progress.Report(new StageProgress("waiting for another worker with the same inputs", 0, 0));
            }

            await Task.Delay(options.JoinPoll, time, cancellationToken);
        }
    }

    // A record whose artifacts are damaged or gone counts for nothing: the work gives the same bytes again.
    private async Task<StageRecord?> FindAsync(StageWork work, CancellationToken cancellationToken)
    {
        var record = await blobs.ReadSoundJsonAsync<StageRecord>(StorePaths.StageRecord(work.Job.Key), cancellationToken);
        if (record is null)
        {
            return null;
        }

        var sound = await Task.WhenAll(record.Outputs.Select(output => artifacts.IsSoundAsync(output, cancellationToken)));
        if (sound.Contains(false))
        {
            return null;
        }

        PipelineTelemetry.LinkTo(work.Activity, record.TraceParent);
        return record;
    }

    private async Task<StageRecord> ExecuteAsync(StageWork work, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var checkpoints = new CheckpointStore(blobs, work.Job.Key, logger);
        await LinkAttemptsAsync(work, checkpoints, cancellationToken);
        await work.Lineage.StartedAsync(work.Activity?.Id, cancellationToken);
        using var scratch = ScratchSpace.Create(options.ScratchFolder);
        using var context = new StageContext(
            work.Job.Run, work.Job.Stage.Name, work.Job.Inputs, artifacts, checkpoints, scratch.Folder, work.Progress, logger);
        LogExecuting(work.Job.Stage.Name, work.Job.Run.RunId, work.Job.Key);
        await work.Job.Stage.ExecuteAsync(context, cancellationToken);
        var record = new StageRecord
        {
            Key = work.Job.Key,
            Stage = work.Job.Stage.Name,
            Version = work.Job.Stage.Version,
            RunId = work.Job.Run.RunId,
            Configuration = JsonSerializer.SerializeToElement(work.Job.Configuration, PipelineJson.Compact),
            Inputs = work.Job.Inputs,
            Outputs = await context.PublishAsync(cancellationToken),
            Measurements = context.Measurements,
            Host = Environment.MachineName,
            Processes = work.Job.Stage.Processes(work.Job.Run.Specification),
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

    private sealed record StageWork(StageJob Job, StageLineage Lineage, IProgress<StageProgress> Progress, Activity? Activity);
}
