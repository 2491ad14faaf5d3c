using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace QatPipeline.ServiceDefaults.Backends;

/// <summary>What a service computes with.</summary>
public static class ModelBackendExtensions
{
    /// <summary>
    /// The service is ready only when the back end's native libraries load: a missing one is told at the start and not by the first run.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="name">The back end's name among the health checks.</param>
    /// <param name="load">Loads the libraries and describes them; called once.</param>
    public static IHostApplicationBuilder AddModelBackend(this IHostApplicationBuilder builder, string name, Func<string> load)
    {
        var loaded = new Lazy<string>(load);
        builder.Services.AddHealthChecks().AddCheck(name, () => HealthCheckResult.Healthy(loaded.Value));
        return builder;
    }
}
