using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Tests.Running;

public class ResourceConfigurationTests
{
    private readonly IDistributedApplicationBuilder _builder =
        DistributedApplication.CreateBuilder(["--ConnectionStrings:blobs=UseDevelopmentStorage=true"]);

    [Fact]
    public async Task Project_ListensWhereTheOrchestratorSays()
    {
        var project = _builder.AddProject("web", "Web.csproj").WithHttpEndpoint().WithHttpEndpoint(name: "grpc");
        Allocate(project.Resource, "http", 5000, "6000");
        Allocate(project.Resource, "grpc", 5001, "6001");

        var environment = await ResolveAsync(project.Resource);

        Assert.Equal("http://localhost:6000;http://localhost:6001", environment["ASPNETCORE_URLS"]);
        Assert.Equal("in_memory", environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"]);
    }

    [Fact]
    public async Task EndpointWithAVariable_IsToldThereAndNotAmongTheUrls()
    {
        var project = _builder.AddProject("web", "Web.csproj").WithHttpEndpoint().WithHttpEndpoint(name: "side", env: "SIDE_PORT");
        Allocate(project.Resource, "http", 5000, "6000");
        Allocate(project.Resource, "side", 5001, "6001");

        var environment = await ResolveAsync(project.Resource);

        Assert.Equal("http://localhost:6000", environment["ASPNETCORE_URLS"]);
        Assert.Equal("6001", environment["SIDE_PORT"]);
    }

    [Fact]
    public async Task ReferenceToAProject_GivesEachEndpointsPublicAddress()
    {
        var loading = _builder.AddProject("data-loading", "Loading.csproj").WithHttpEndpoint(name: "grpc");
        Allocate(loading.Resource, "grpc", 5001, "6001");
        var web = _builder.AddProject("web", "Web.csproj").WithReference(loading);

        var environment = await ResolveAsync(web.Resource);

        Assert.Equal("http://localhost:5001", environment["services__data-loading__grpc__0"]);
        Assert.Equal("http://localhost:5001", environment["DATA_LOADING_GRPC"]);
    }

    [Fact]
    public async Task ReferenceToAConnectionString_GivesItsValue()
    {
        var broker = _builder.AddExecutable("broker", "broker", ".").WithEndpoint(port: 5672, scheme: "amqp", isProxied: false);
        Allocate(broker.Resource, "amqp", 5672, "5672");
        var messaging = _builder.AddConnectionString(
            "messaging", ReferenceExpression.Create($"amqp://guest@{broker.GetEndpoint("amqp").Property(EndpointProperty.HostAndPort)}"));
        var web = _builder.AddProject("web", "Web.csproj")
            .WithReference(messaging)
            .WithReference(_builder.AddConnectionString("blobs"), connectionName: "storage");

        var environment = await ResolveAsync(web.Resource);

        Assert.Equal("amqp://guest@localhost:5672", environment["ConnectionStrings__messaging"]);
        Assert.Equal("UseDevelopmentStorage=true", environment["ConnectionStrings__storage"]);
    }

    [Fact]
    public async Task Value_WaitsForAPortThatIsNotAllocatedYet()
    {
        var loading = _builder.AddProject("loading", "Loading.csproj").WithHttpEndpoint();
        var web = _builder.AddProject("web", "Web.csproj").WithEnvironment("LOADING", loading.GetEndpoint("http"));

        var environment = ResolveAsync(web.Resource);
        Assert.False(environment.IsCompleted);
        Allocate(loading.Resource, "http", 5001, "6001");

        Assert.Equal("http://localhost:5001", (await environment)["LOADING"]);
    }

    private static void Allocate(IResource resource, string endpoint, int port, string targetPort) =>
        resource.Annotations
            .OfType<EndpointAnnotation>()
            .Single(item => item.Name == endpoint)
            .Allocate(new AllocatedEndpoint(port, targetPort));

    private async Task<Dictionary<string, string>> ResolveAsync(IResource resource)
    {
        var resolved = new Dictionary<string, string>();
        var variables = await ResourceConfiguration.EnvironmentAsync(
            resource, _builder.ExecutionContext, TestContext.Current.CancellationToken);
        foreach (var (name, value) in variables)
        {
            resolved[name] = await ResourceConfiguration.ResolveAsync(value, TestContext.Current.CancellationToken);
        }

        return resolved;
    }
}
