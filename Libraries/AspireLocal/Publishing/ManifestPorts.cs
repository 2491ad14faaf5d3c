using Aspire.Hosting.ApplicationModel;

namespace QatPipeline.AspireLocal.Publishing;

/// <summary>
/// The ports of a manifest's bindings. The first HTTP endpoint of a project has none: the deployment tool knows the port of its base image.
/// Every other endpoint without a port gets the next one from 8000 on.
/// </summary>
internal sealed class ManifestPorts
{
    private int _next = 8000;

    public IReadOnlyList<(EndpointAnnotation Endpoint, int? Port, int? TargetPort)> Of(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var byBaseImage = resource is ProjectResource ? endpoints.FirstOrDefault(endpoint => endpoint.UriScheme is "http") : null;
        return [.. endpoints.Select(endpoint => (
            endpoint,
            endpoint.Port,
            endpoint.TargetPort ?? (endpoint == byBaseImage ? null : (int?)_next++)))];
    }
}
