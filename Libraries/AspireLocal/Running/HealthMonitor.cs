using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace QatPipeline.AspireLocal.Running;

/// <summary>
/// Runs a resource's health checks: often until it is ready, rarely from then on; and tells whoever asked to know of readiness.
/// </summary>
internal sealed partial class HealthMonitor(
    ResourceStates states, HealthCheckService checks, IServiceProvider services, ILogger<HealthMonitor> logger)
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan OnceReady = TimeSpan.FromSeconds(10);

    public async Task WatchAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var keys = instance.Resource.Annotations.OfType<HealthCheckAnnotation>().Select(annotation => annotation.Key).ToHashSet();
        var announced = -1;
        while (true)
        {
            await states.WaitAsync(() => instance.Snapshot.IsRunning, cancellationToken);
            if (keys.Count > 0)
            {
                var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
                states.UpdateHealth(instance, report.Entries);
            }

            if (instance.Snapshot.IsReady && announced != instance.Starts)
            {
                announced = instance.Starts;
                await AnnounceAsync(instance, cancellationToken);
            }

            if (instance.Snapshot.IsReady)
            {
                await states.WaitAsync(() => !instance.Snapshot.IsReady, OnceReady, cancellationToken);
            }
            else
            {
                await Task.Delay(UntilReady, states.Time, cancellationToken);
            }
        }
    }

    private async Task AnnounceAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        LogReady(instance.Resource.Name);
        foreach (var annotation in instance.Resource.Annotations.OfType<ResourceReadyAnnotation>())
        {
            await annotation.Callback(new ResourceReadyEvent(instance.Resource, services), cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Resource} is ready")]
    private partial void LogReady(string resource);
}
