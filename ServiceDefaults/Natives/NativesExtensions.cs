using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using QatPipeline.Foundation.Natives;

namespace QatPipeline.ServiceDefaults.Natives;

/// <summary>The native code that a service computes with.</summary>
public static class NativesExtensions
{
    /// <summary>
    /// Loads the components when the service starts. The service is ready only where all of them load; a health check for each says
    /// what one lacks.
    /// </summary>
    public static IHostApplicationBuilder AddNatives(this IHostApplicationBuilder builder, params NativeComponent[] components)
    {
        var checks = builder.Services.AddHealthChecks();
        foreach (var component in components)
        {
            checks.AddCheck(component.Name, () => HealthCheckResult.Healthy(component.Load()));
            builder.Services.AddSingleton(component);
        }

        builder.Services.AddHostedService<NativeLoader>();
        return builder;
    }
}
