using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The parts of an endpoint that can be used in expressions.</summary>
public enum EndpointProperty
{
    /// <summary>The whole address with its scheme.</summary>
    Url,

    /// <summary>The host that others connect to.</summary>
    Host,

    /// <summary>The host as an IPv4 address.</summary>
    IPV4Host,

    /// <summary>The port that others connect to.</summary>
    Port,

    /// <summary>The scheme.</summary>
    Scheme,

    /// <summary>The port that the process listens on.</summary>
    TargetPort,

    /// <summary>Host and port.</summary>
    HostAndPort,
}

/// <summary>An endpoint of a resource, before its port is known. Its value is its URL.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName)
    : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>The resource that listens.</summary>
    public IResourceWithEndpoints Resource { get; } = owner;

    /// <summary>The endpoint's name within the resource.</summary>
    public string EndpointName { get; } = endpointName;

    /// <summary>What the model says of the endpoint.</summary>
    /// <exception cref="DistributedApplicationException">The resource has no endpoint of that name.</exception>
    public EndpointAnnotation EndpointAnnotation =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == EndpointName)
        ?? throw new DistributedApplicationException($"The resource '{Resource.Name}' has no endpoint named '{EndpointName}'.");

    /// <summary>Whether its port is known.</summary>
    public bool IsAllocated => EndpointAnnotation.Allocated.IsCompletedSuccessfully;

    /// <summary>The address that others connect to.</summary>
    /// <exception cref="DistributedApplicationException">The port is not known yet.</exception>
    public string Url => Describe(EndpointProperty.Url, AllocatedNow);

    /// <summary>The port that others connect to.</summary>
    /// <exception cref="DistributedApplicationException">The port is not known yet.</exception>
    public int Port => AllocatedNow.Port;

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private AllocatedEndpoint AllocatedNow => IsAllocated
        ? EndpointAnnotation.Allocated.Result
        : throw new DistributedApplicationException(
            $"The endpoint '{EndpointName}' of '{Resource.Name}' has no port before the application starts.");

    /// <summary>One part of the endpoint, for use in expressions.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        GetValueAsync(EndpointProperty.Url, cancellationToken);

    internal async ValueTask<string?> GetValueAsync(EndpointProperty property, CancellationToken cancellationToken) =>
        Describe(property, await EndpointAnnotation.Allocated.WaitAsync(cancellationToken));

    private string Describe(EndpointProperty property, AllocatedEndpoint allocated)
    {
        const string Host = "localhost";
        var port = allocated.Port.ToString(CultureInfo.InvariantCulture);
        return property switch
        {
            EndpointProperty.Url => $"{EndpointAnnotation.UriScheme}://{Host}:{port}",
            EndpointProperty.Host => Host,
            EndpointProperty.IPV4Host => "127.0.0.1",
            EndpointProperty.Port => port,
            EndpointProperty.Scheme => EndpointAnnotation.UriScheme,
            EndpointProperty.TargetPort => allocated.TargetPort,
            EndpointProperty.HostAndPort => $"{Host}:{port}",
            _ => throw new ArgumentOutOfRangeException(nameof(property), property, "not a part of an endpoint"),
        };
    }
}

/// <summary>One part of an endpoint.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property)
    : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; } = endpoint;

    /// <summary>The part.</summary>
    public EndpointProperty Property { get; } = property;

    /// <inheritdoc/>
    public string ValueExpression => Property is EndpointProperty.Scheme
        ? Endpoint.EndpointAnnotation.UriScheme
        : $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{ManifestName}}}";

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    private string ManifestName => Property switch
    {
        EndpointProperty.Url => "url",
        EndpointProperty.Host or EndpointProperty.IPV4Host => "host",
        EndpointProperty.Port => "port",
        EndpointProperty.TargetPort => "targetPort",
        EndpointProperty.HostAndPort => "hostAndPort",
        _ => "scheme",
    };

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        Endpoint.GetValueAsync(Property, cancellationToken);
}
