using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using QatPipeline.AspireLocal.Dcp;

namespace QatPipeline.AspireLocal.Running;

/// <summary>Starts and stops resources one at a time each, and follows what the orchestrator says of them.</summary>
internal sealed partial class ResourceLifecycle(DcpClient client, ProcessLauncher launcher, ResourceStates states, ILogger logger)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(45);

    /// <summary>Waits for what the resource needs, then starts it; returns when the orchestrator has been told.</summary>
    public async Task StartAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        await instance.Turn.WaitAsync(cancellationToken);
        try
        {
            if (!instance.Snapshot.HasEnded)
            {
                return;
            }

            await WaitForDependenciesAsync(instance, cancellationToken);
            if (instance.ObjectKind is null)
            {
                states.Update(instance, snapshot => snapshot with { State = KnownStates.Running, StartedAt = states.Time.GetUtcNow() });
                return;
            }

            if (instance.Starts > 0)
            {
                await client.DeleteAsync(instance.ObjectKind, instance.ObjectName, cancellationToken);
            }

            instance.Starts++;
            states.Update(instance, snapshot => snapshot with
            {
                State = KnownStates.Starting,
                StartedAt = null,
                StoppedAt = null,
                ProcessId = null,
                ExitCode = null,
                Health = snapshot.Health.Clear().AddRange(instance.Resource.Annotations.OfType<HealthCheckAnnotation>()
                    .Select(check => KeyValuePair.Create<string, HealthResult?>(check.Key, null))),
            });
            var launched = await launcher.LaunchAsync(instance, instance.Snapshot, cancellationToken);
            states.Update(instance, snapshot => snapshot with
            {
                Environment = launched.Environment,
                Arguments = launched.Arguments,
                ExecutablePath = launched.ExecutablePath,
                WorkingDirectory = launched.WorkingDirectory,
            });
        }
        catch (Exception problem) when (problem is DcpException or Aspire.Hosting.DistributedApplicationException or HttpRequestException)
        {
            LogCannotStart(instance.Resource.Name, problem.Message);
            states.Update(instance, snapshot => snapshot with { State = KnownStates.FailedToStart });
        }
        finally
        {
            instance.Turn.Release();
        }
    }

    /// <summary>Stops a resource and waits for its end.</summary>
    public async Task StopAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        await instance.Turn.WaitAsync(cancellationToken);
        try
        {
            if (instance.Snapshot.HasEnded)
            {
                return;
            }

            // Nothing runs: a value, or a process that was still waiting for others.
            if (instance.ObjectKind is null || instance.Snapshot.State is KnownStates.Waiting)
            {
                states.Update(instance, snapshot => snapshot with { State = KnownStates.Finished });
                return;
            }

            states.Update(instance, snapshot => snapshot with { State = KnownStates.Stopping });
            await client.StopAsync(instance.ObjectKind, instance.ObjectName, cancellationToken);
            if (!await states.WaitAsync(() => instance.Snapshot.HasEnded, StopLimit, cancellationToken))
            {
                LogSlowStop(instance.Resource.Name, StopLimit.TotalSeconds);
            }
        }
        finally
        {
            instance.Turn.Release();
        }
    }

    /// <summary>Follows the orchestrator's objects of one kind until cancelled.</summary>
    public async Task FollowAsync(string kind, CancellationToken cancellationToken)
    {
        await foreach (var change in client.WatchAsync<object, DcpRunStatus>(kind, cancellationToken))
        {
            var instance = states.Instances.FirstOrDefault(candidate => candidate.ObjectName == change.Object.Metadata.Name);
            if (instance is not null && change.Type is not "DELETED" && change.Object.Status is { State: { Length: > 0 } state } status)
            {
                Apply(instance, state, status);
            }
        }
    }

    private void Apply(ResourceInstance instance, string state, DcpRunStatus status)
    {
        var before = instance.Snapshot;
        var known = Translate(state, status.ExitCode);
        states.Update(instance, snapshot => snapshot with
        {
            // A stop that was asked for here is not undone by an event that was on its way.
            State = snapshot.State is KnownStates.Stopping && known is KnownStates.Running ? KnownStates.Stopping : known,
            ProcessId = status.Pid ?? snapshot.ProcessId,
            ExitCode = known is KnownStates.Finished or KnownStates.Exited ? status.ExitCode : null,
            StartedAt = status.StartupTimestamp ?? snapshot.StartedAt,
            StoppedAt = status.FinishTimestamp,
            Arguments = status.EffectiveArgs is { } arguments ? [.. arguments] : snapshot.Arguments,
            Environment = status.EffectiveEnv is { } effective ? Effective(snapshot, effective) : snapshot.Environment,
        });
        if (before.State is KnownStates.Running or KnownStates.Starting && known is KnownStates.Exited or KnownStates.FailedToStart)
        {
            LogEnded(instance.Resource.Name, status.ExitCode);
        }
    }

    /// <summary>The model's variables with the values that the orchestrator has filled in; what was inherited is left out.</summary>
    private static System.Collections.Immutable.ImmutableArray<(string Name, string Value)> Effective(
        ResourceSnapshot snapshot, IReadOnlyList<DcpVariable> effective)
    {
        var values = effective.GroupBy(variable => variable.Name).ToDictionary(group => group.Key, group => group.Last().Value);
        return [.. snapshot.Environment.Select(variable => (variable.Name, values.GetValueOrDefault(variable.Name) ?? variable.Value))];
    }

    private static string Translate(string state, int? exitCode) => state switch
    {
        "Running" => KnownStates.Running,
        "Stopping" => KnownStates.Stopping,
        "FailedToStart" => KnownStates.FailedToStart,
        "Finished" or "Exited" when exitCode is 0 => KnownStates.Finished,
        "Finished" or "Exited" or "Terminated" => KnownStates.Exited,
        _ => KnownStates.Starting,
    };

    private async Task WaitForDependenciesAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var waits = instance.Resource.Annotations.OfType<WaitAnnotation>().ToList();
        if (waits.Count == 0)
        {
            return;
        }

        states.Update(instance, snapshot => snapshot with { State = KnownStates.Waiting });
        foreach (var wait in waits)
        {
            await states.WaitAsync(
                () => states.Of(wait.Resource).All(dependency => wait.WaitType switch
                {
                    WaitType.WaitUntilHealthy => dependency.Snapshot.IsReady,
                    WaitType.WaitUntilStarted => dependency.Snapshot.IsRunning,
                    _ => dependency.Snapshot is { HasEnded: true } ended && ended.ExitCode == wait.ExitCode,
                }),
                cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Resource} cannot be started: {Reason}")]
    private partial void LogCannotStart(string resource, string reason);

    [LoggerMessage(LogLevel.Error, "{Resource} has ended with exit code {ExitCode}; its console logs in the dashboard say why")]
    private partial void LogEnded(string resource, int? exitCode);

    [LoggerMessage(LogLevel.Warning, "{Resource} did not end within {Seconds} s")]
    private partial void LogSlowStop(string resource, double seconds);
}
