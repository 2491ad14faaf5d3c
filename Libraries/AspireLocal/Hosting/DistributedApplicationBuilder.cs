using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.AspireLocal.Dashboard;
using QatPipeline.AspireLocal.Dcp;
using QatPipeline.AspireLocal.Publishing;
using QatPipeline.AspireLocal.Running;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly PublishOptions? _publish;

    public DistributedApplicationBuilder(string[] args)
    {
        _publish = PublishOptions.FromArguments(args);
        _host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
        ExecutionContext = new DistributedApplicationExecutionContext(
            _publish is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish);
        AppHostDirectory = FindAppHostDirectory();

        _host.Logging.AddSimpleConsole(console => console.SingleLine = true);
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A failed start is thrown as well, and said in one line where it is caught.
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Failing health checks are the normal case while a resource starts; the dashboard shows them.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _host.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IList<IResource> Resources { get; } = [];

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(existing => string.Equals(existing.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new DistributedApplicationException($"The model has a resource named '{resource.Name}' already.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        Services.AddHealthChecks();
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(new ApplicationResources([.. Resources]));
        if (_publish is not null)
        {
            Services.AddSingleton(_publish);
            Services.AddHostedService<ManifestPublisher>();
        }
        else
        {
            Services.AddSingleton(AspireTools.FromConfiguration(Configuration));
            Services.AddSingleton(DashboardOptions.FromConfiguration(Configuration));
            Services.AddSingleton(new ProjectOutputs(AppContext.BaseDirectory));
            Services.AddSingleton(TimeProvider.System);
            Services.AddSingleton<ResourceStates>();
            Services.AddSingleton<ApplicationRunner>();
            Services.AddHostedService(services => services.GetRequiredService<ApplicationRunner>());
            // Long enough for every service to finish its message; the runner ends what takes longer.
            Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(2));
        }

        return new DistributedApplication(_host.Build());
    }

    private static string FindAppHostDirectory()
    {
        // The AppHost's project writes where it is into its assembly, as the package's own build does.
        var metadata = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [];
        return metadata.FirstOrDefault(item => item.Key == "apphostprojectpath")?.Value ?? Directory.GetCurrentDirectory();
    }
}
