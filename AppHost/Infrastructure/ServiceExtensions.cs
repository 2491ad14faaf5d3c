namespace QatPipeline.AppHost.Infrastructure;

/// <summary>What all services have in common.</summary>
internal static class ServiceExtensions
{
    /// <summary>
    /// Adds a service: <c>dataset-loading</c> is the project <c>Services/DatasetLoading</c>. It starts when broker and storage are ready,
    /// as many times as <see cref="ServiceReplicas"/> says.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AddService(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<IResourceWithConnectionString> messaging,
        IResourceBuilder<IResourceWithConnectionString> blobs)
    {
        var project = string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return builder.AddProject(name, $"../Services/{project}/{project}.csproj")
            .WithReplicas(ServiceReplicas.Of(name, builder.Configuration))
            .WithHttpEndpoint(name: "http")
            .WithHttpHealthCheck("/health")
            .WithReference(messaging)
            .WithReference(blobs)
            .WaitFor(messaging)
            .WaitFor(blobs);
    }

    /// <summary>
    /// Gives a service an endpoint <c>grpc</c> beside <c>http</c>. Without TLS a port speaks either HTTP/1.1 or HTTP/2, so Kestrel is told
    /// both endpoints by its own configuration, which it prefers to ASPNETCORE_URLS.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithGrpcEndpoint(this IResourceBuilder<ProjectResource> builder)
    {
        // In a container every address of it, elsewhere loopback only.
        var host = builder.ApplicationBuilder.ExecutionContext.IsPublishMode ? "*" : "localhost";
        builder.WithHttpEndpoint(name: "grpc").WithEndpoint("grpc", endpoint => endpoint.Transport = "http2");
        var http = builder.GetEndpoint("http").Property(EndpointProperty.TargetPort);
        var grpc = builder.GetEndpoint("grpc").Property(EndpointProperty.TargetPort);
        return builder
            .WithEnvironment("Kestrel__Endpoints__http__Url", ReferenceExpression.Create($"http://{host}:{http}"))
            .WithEnvironment("Kestrel__Endpoints__grpc__Url", ReferenceExpression.Create($"http://{host}:{grpc}"))
            .WithEnvironment("Kestrel__Endpoints__grpc__Protocols", "Http2");
    }
}
