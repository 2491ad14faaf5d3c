using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QatPipeline.AspireLocal.Running;

/// <summary>The words for a resource's state that the dashboard knows.</summary>
internal static class KnownStates
{
    public const string NotStarted = "NotStarted";
    public const string Waiting = "Waiting";
    public const string Starting = "Starting";
    public const string Running = "Running";
    public const string Stopping = "Stopping";

    /// <summary>Ended with exit code 0.</summary>
    public const string Finished = "Finished";

    /// <summary>Ended otherwise.</summary>
    public const string Exited = "Exited";

    public const string FailedToStart = "FailedToStart";
}

/// <summary>One resource at one moment.</summary>
internal sealed record ResourceSnapshot
{
    public string State { get; init; } = KnownStates.NotStarted;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    public int? ProcessId { get; init; }

    public int? ExitCode { get; init; }

    public string? ExecutablePath { get; init; }

    public string? WorkingDirectory { get; init; }

    public ImmutableArray<string> Arguments { get; init; } = [];

    public ImmutableArray<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>The resource's health checks by name; null while a check has not run since the last start.</summary>
    public ImmutableSortedDictionary<string, HealthResult?> Health { get; init; } =
        ImmutableSortedDictionary<string, HealthResult?>.Empty;

    public bool IsRunning => State is KnownStates.Running;

    public bool HasEnded => State is KnownStates.Finished or KnownStates.Exited or KnownStates.FailedToStart or KnownStates.NotStarted;

    /// <summary>Runs, and all health checks pass.</summary>
    public bool IsReady => IsRunning && Health.Values.All(health => health?.Status is HealthStatus.Healthy);
}

/// <summary>What a health check said.</summary>
internal sealed record HealthResult(HealthStatus Status, string? Description, string? Exception, DateTimeOffset At);
