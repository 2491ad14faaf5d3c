using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QatPipeline.ServiceDefaults.Messaging;
using QatPipeline.ServiceDefaults.Security;
using QatPipeline.ServiceDefaults.Storage;
using QatPipeline.ServiceDefaults.Telemetry;

namespace QatPipeline.ServiceDefaults;

/// <summary>What every service shares.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds telemetry, health checks, service discovery, resilient HTTP clients, the blob storage <c>blobs</c> and the bus
    /// <c>messaging</c> with what the service does on it.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder, Action<PipelineBusBuilder> pipeline)
    {
        builder.AddPipelineTelemetry();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        builder.Services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section);
        builder.AddPipelineStorage();
        builder.AddPipelineBus(pipeline);
        return builder;
    }
}
