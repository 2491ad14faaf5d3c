using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QatPipeline.ServiceDefaults.Security;

namespace QatPipeline.ServiceDefaults;

/// <summary>The endpoints every service has.</summary>
public static class DefaultEndpoints
{
    /// <summary>Ready: the broker, the storage and what else the service needs answer.</summary>
    internal const string Health = "/health";

    /// <summary>Alive: the process answers.</summary>
    internal const string Alive = "/alive";

    /// <summary>Maps them, and requires the API key for everything else.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseSecurity();
        app.MapHealthChecks(Health, new HealthCheckOptions
        {
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
            ResponseWriter = WriteAsync,
        }).AllowAnonymous();
        app.MapHealthChecks(Alive, new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        return app;
    }

    // Plain text: the state, and a line for everything that is missing.
    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsync(string.Join(
        '\n',
        report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(entry => $"{entry.Key}: {entry.Value.Description ?? entry.Value.Status.ToString()}")
            .Prepend(report.Status.ToString())));
}
