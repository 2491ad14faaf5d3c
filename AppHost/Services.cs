using System.Globalization;

namespace QatPipeline.AppHost;

/// <summary>What all services have in common.</summary>
internal static class Services
{
    // What the orchestrator sets is one second for each: then all services wake every second, and the dashboard most of all, beside a stage
    // that computes on all cores. Traces stay at that: idle services have none, and people wait for them.
    private static readonly (string Name, string Milliseconds)[] Exports =
    [
        ("OTEL_METRIC_EXPORT_INTERVAL", "15000"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "5000"),
    ];

    /// <summary>Adds a service that starts when broker and storage are ready.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, ConnectionBuilder messaging, ConnectionBuilder blobs)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name)
            .WithHttpEndpoint(name: "http")
            .WithHttpHealthCheck("/health")
            // Forwarded headers are believed from the proxies that Security:KnownProxies names only.
            .DisableForwardedHeaders()
            .WithEnvironment(context =>
            {
                if (!context.ExecutionContext.IsRunMode)
                {
                    return;
                }

                // Between orchestrator and service is another process. Where that is killed, nobody would see the service end.
                context.EnvironmentVariables["EndWithParent"] = "true";
                foreach (var (variable, milliseconds) in Exports)
                {
                    context.EnvironmentVariables[variable] = milliseconds;
                }
            })
            .WithReference(messaging)
            .WithReference(blobs)
            .WithDataRoots()
            .WithTrainingHosts()
            .WaitFor(messaging)
            .WaitFor(blobs);

    /// <summary>Adds a port for gRPC: without TLS, a port speaks HTTP/1.1 or HTTP/2. Kestrel is told both by its own settings.</summary>
    public static IResourceBuilder<ProjectResource> WithGrpcEndpoint(this IResourceBuilder<ProjectResource> service)
    {
        // In a container every address of it, elsewhere loopback only.
        var host = service.ApplicationBuilder.ExecutionContext.IsPublishMode ? "*" : "localhost";
        service.WithHttpEndpoint(name: "grpc").WithEndpoint("grpc", endpoint => endpoint.Transport = "http2");
        var (http, grpc) = (service.GetEndpoint("http"), service.GetEndpoint("grpc"));
        return service
            .WithEnvironment("Kestrel__Endpoints__http__Url", $"http://{host}:{http.Property(EndpointProperty.TargetPort)}")
            .WithEnvironment("Kestrel__Endpoints__grpc__Url", $"http://{host}:{grpc.Property(EndpointProperty.TargetPort)}")
            .WithEnvironment("Kestrel__Endpoints__grpc__Protocols", "Http2");
    }

    // What runs may read: in a container the folder that is mounted for it.
    private static IResourceBuilder<ProjectResource> WithDataRoots(this IResourceBuilder<ProjectResource> service)
    {
        var builder = service.ApplicationBuilder;
        string?[] roots = builder.Configuration["Data:Roots"] is { Length: > 0 } configured ? [configured]
            : builder.ExecutionContext.IsPublishMode ? ["/data"]
            : [
                builder.Configuration["HOME"]?.TrimEnd('/'),
                Path.GetFullPath("..", builder.AppHostDirectory),
                new DataFolder(builder).Root,
                builder.Configuration["QAT_HOME"],
            ];
        return service.WithEnvironment("Data__Roots", string.Join(Path.PathSeparator, roots.Where(root => root is not (null or ""))));
    }

    // Where runs may start processes of a training; nowhere else, unless it is said.
    private static IResourceBuilder<ProjectResource> WithTrainingHosts(this IResourceBuilder<ProjectResource> service) =>
        service.ApplicationBuilder.Configuration["Training:Hosts"] is { Length: > 0 } hosts
            ? service.WithEnvironment("Training__Hosts", hosts)
            : service;

    /// <summary>Starts each service as many times as the options <c>--Replicas:NAME=N</c> say.</summary>
    public static IDistributedApplicationBuilder ScaleServices(this IDistributedApplicationBuilder builder)
    {
        var services = builder.Resources.OfType<ProjectResource>().ToDictionary(service => service.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var option in builder.Configuration.GetSection("Replicas").GetChildren())
        {
            var service = services.GetValueOrDefault(option.Key) ?? throw new DistributedApplicationException(
                $"{option.Path} names no service. There are {string.Join(", ", services.Keys)}.");
            var replicas = int.TryParse(option.Value, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= 64
                ? value
                : throw new DistributedApplicationException($"{option.Path} is '{option.Value}'. It takes a number from 1 to 64.");
            builder.CreateResourceBuilder(service).WithReplicas(replicas);
        }

        return builder;
    }
}
