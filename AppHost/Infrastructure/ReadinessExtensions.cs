using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>Health checks of what is not one of our services.</summary>
internal static class ReadinessExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The resource is healthy when a question to one of its endpoints is answered as expected.</summary>
    public static IResourceBuilder<T> WithReadinessCheck<T>(
        this IResourceBuilder<T> builder, string endpointName, Func<EndpointReference, CancellationToken, Task<bool>> answersAsync)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.GetEndpoint(endpointName);
        var key = $"{builder.Resource.Name}_{endpointName}_ready";
        builder.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(key, async cancellationToken =>
        {
            if (!endpoint.IsAllocated)
            {
                return HealthCheckResult.Unhealthy("The port is not known yet.");
            }

            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limited.CancelAfter(Limit);
            try
            {
                return await answersAsync(endpoint, limited.Token)
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("It answers, but not as expected.");
            }
            catch (Exception problem) when (problem is SocketException or IOException or HttpRequestException or OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy($"It does not answer: {problem.Message}");
            }
        });
        return builder.WithHealthCheck(key);
    }

    /// <summary>
    /// When the resource is ready, writes the connection string to <c>NAME.connection</c> in the data folder, where clients that are not
    /// part of the system find it: ports are chosen at the first start.
    /// </summary>
    public static IResourceBuilder<T> WithConnectionFile<T>(
        this IResourceBuilder<T> builder, string name, ReferenceExpression connectionString)
        where T : IResource =>
        builder.OnResourceReady(async (_, _, cancellationToken) =>
            DataFolder.WritePrivate($"{name}.connection", (await connectionString.GetValueAsync(cancellationToken))!));
}
