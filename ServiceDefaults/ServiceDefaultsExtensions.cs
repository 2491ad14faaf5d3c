using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using QatPipeline.ServiceDefaults.Security;
using QatPipeline.ServiceDefaults.Telemetry;

namespace QatPipeline.ServiceDefaults;

/// <summary>What every service shares.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds telemetry, health checks, service discovery for HTTP clients, and the settings of endpoint security.</summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddTelemetry();
        builder.Services.AddHealthChecks();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<ParentWatch>();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery().AddHttpMessageHandler<ApiKeyHandler>());
        builder.Services.AddTransient<ApiKeyHandler>();
        builder.Services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section);
        return builder;
    }
}
