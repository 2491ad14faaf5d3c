using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QatPipeline.Messaging.Workers;

/// <summary>Whether every stage has somebody to execute it.</summary>
internal sealed class StageWorkersHealthCheck(StageWorkers workers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = workers.Missing.Select(row => $"{row.Service} (stage {row.Name})").ToList();
        return Task.FromResult(missing.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"Not running: {string.Join(", ", missing)}. Runs wait there until it is started."));
    }
}
