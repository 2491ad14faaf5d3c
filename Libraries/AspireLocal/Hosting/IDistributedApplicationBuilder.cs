using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Collects the resources of an application.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The AppHost's configuration: settings files, environment variables, command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the AppHost's project; relative paths of the model start there.</summary>
    string AppHostDirectory { get; }

    /// <summary>The AppHost's environment (Development, Production).</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The AppHost's own services, health checks among them.</summary>
    IServiceCollection Services { get; }

    /// <summary>Whether the application runs or is published.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resources so far.</summary>
    IList<IResource> Resources { get; }

    /// <summary>Adds a resource to the model.</summary>
    /// <exception cref="DistributedApplicationException">The model has a resource of that name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Configures a resource without adding it to the model.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Makes the application.</summary>
    DistributedApplication Build();
}
