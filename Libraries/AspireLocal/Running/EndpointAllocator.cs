using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using QatPipeline.AspireLocal.Dcp;

namespace QatPipeline.AspireLocal.Running;

/// <summary>
/// Gives every endpoint its ports. A proxied endpoint is a service of the orchestrator, which listens before the process does.
/// </summary>
internal sealed class EndpointAllocator(DcpClient client)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The orchestrator's name for an endpoint.</summary>
    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) => $"{resource.Name}-{endpoint.Name}";

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async Task AllocateAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await Task.WhenAll(resources.SelectMany(resource => resource.Annotations
            .OfType<EndpointAnnotation>()
            .Select(endpoint => AllocateAsync(resource, endpoint, limit.Token))));
    }

    private async Task AllocateAsync(IResource resource, EndpointAnnotation endpoint, CancellationToken cancellationToken)
    {
        if (!endpoint.IsProxied)
        {
            var own = endpoint.TargetPort ?? endpoint.Port ?? FreePort();
            endpoint.Allocate(new AllocatedEndpoint(endpoint.Port ?? own, own.ToString(CultureInfo.InvariantCulture)));
            return;
        }

        var service = ServiceName(resource, endpoint);
        await client.CreateAsync(
            "services",
            new DcpObject<DcpServiceSpec, DcpServiceStatus>
            {
                Kind = "Service",
                Metadata = new DcpMetadata(service),
                Spec = new DcpServiceSpec(endpoint.Port),
            },
            cancellationToken);
        var port = await EffectivePortAsync(service, cancellationToken);
        // Each replica has its own target port, so the orchestrator fills it in when it starts the process.
        var target = endpoint.TargetPort?.ToString(CultureInfo.InvariantCulture) ?? $$$"""{{- portForServing "{{{service}}}" -}}""";
        endpoint.Allocate(new AllocatedEndpoint(port, target));
    }

    private async Task<int> EffectivePortAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in client.WatchAsync<DcpServiceSpec, DcpServiceStatus>("services", cancellationToken))
            {
                if (change.Object.Metadata.Name == service && change.Object.Status?.EffectivePort is { } port and > 0)
                {
                    return port;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Answered below: the caller's own cancellation is told from the limit there.
        }

        throw new DistributedApplicationException(
            $"The orchestrator gave the endpoint '{service}' no port within {Limit.TotalSeconds:0} s: is its port in use?");
    }
}
