using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A port that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="protocol">Only TCP is served.</param>
    /// <param name="uriScheme">The scheme of its URL.</param>
    /// <param name="transport"><c>http</c>, <c>http2</c> or <c>tcp</c>; by default after the scheme.</param>
    /// <param name="name">Its name within the resource; by default the scheme.</param>
    /// <param name="port">The port that others connect to; null for one that is free.</param>
    /// <param name="targetPort">The port that the process itself listens on; null for one that is free.</param>
    /// <param name="isExternal">Whether it is for users outside of the application.</param>
    /// <param name="isProxied">
    /// Whether the orchestrator listens on the port and passes on, so that the address outlives the process.
    /// </param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? "tcp";
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : "tcp");
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>TCP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>The port that others connect to; null until one is allocated.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process listens on.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The scheme of the endpoint's URL.</summary>
    public string UriScheme { get; set; }

    /// <summary>The host that the process binds to.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary><c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string Transport { get; set; }

    /// <summary>The name within the resource.</summary>
    public string Name { get; set; }

    /// <summary>Whether it is for users outside of the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether the orchestrator's proxy stands before the process.</summary>
    public bool IsProxied { get; set; }

    /// <summary>The environment variable that tells the process its port.</summary>
    public string? TargetPortEnvironmentVariable { get; set; }

    internal Task<AllocatedEndpoint> Allocated => _allocated.Task;

    internal void Allocate(AllocatedEndpoint endpoint) => _allocated.TrySetResult(endpoint);
}

/// <summary>Where an endpoint is in this run.</summary>
/// <param name="Port">The port that others connect to.</param>
/// <param name="TargetPort">
/// The process's own port: a number, or an expression that the orchestrator replaces by one for each replica.
/// </param>
internal sealed record AllocatedEndpoint(int Port, string TargetPort);
