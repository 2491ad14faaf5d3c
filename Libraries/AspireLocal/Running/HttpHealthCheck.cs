using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QatPipeline.AspireLocal.Running;

/// <summary>Healthy when a GET answers with the expected status.</summary>
internal sealed class HttpHealthCheck(EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    // The orchestrator's proxy accepts connections before the service listens and holds them, so every probe needs a limit.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated)
        {
            return HealthCheckResult.Unhealthy("The endpoint has no port yet.");
        }

        var address = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var response = await Http.GetAsync(address, cancellationToken);
            return response.StatusCode == (HttpStatusCode)statusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{address} answered {(int)response.StatusCode} instead of {statusCode}.");
        }
        catch (HttpRequestException problem)
        {
            return HealthCheckResult.Unhealthy($"{address} cannot be reached: {problem.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{address} did not answer within {Http.Timeout.TotalSeconds:0} s.");
        }
    }
}
