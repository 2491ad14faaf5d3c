using Microsoft.Extensions.Options;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Sends a service's own key along: the services of one system share it.</summary>
internal sealed class ApiKeyHandler(IOptions<SecurityOptions> options) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.Value.ApiKey is { Length: > 0 } key)
        {
            request.Headers.Add(SecurityOptions.ApiKeyHeader, key);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
