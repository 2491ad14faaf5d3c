using Microsoft.Extensions.Diagnostics.HealthChecks;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Runs.Storage;

/// <summary>Healthy when the blob store answers.</summary>
internal sealed class StorageHealthCheck(IBlobStore blobs) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await blobs.ExistsAsync("health", cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
