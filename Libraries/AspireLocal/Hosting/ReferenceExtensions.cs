using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Gives a resource another's connection string, as <c>ConnectionStrings__NAME</c>.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The other.</param>
    /// <param name="connectionName">The name in the variable; by default the other's name.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        var name = source.Resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName ?? source.Resource.Name}";
        return builder.WithRelationship(source.Resource)
            .WithEnvironment(context => context.EnvironmentVariables[name] = source.Resource);
    }

    /// <summary>
    /// Gives a resource the addresses of another's endpoints: <c>services__NAME__ENDPOINT__0</c>, which service discovery reads,
    /// and <c>NAME_ENDPOINT</c>, which programs without service discovery can.
    /// </summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        return builder.WithRelationship(source.Resource).WithEnvironment(context =>
        {
            foreach (var endpoint in source.Resource.GetEndpoints())
            {
                var variable = ResourceNames.ToEnvironmentVariable($"{source.Resource.Name}_{endpoint.EndpointName}");
                context.EnvironmentVariables[variable.ToUpperInvariant()] = endpoint;
                context.EnvironmentVariables[$"services__{source.Resource.Name}__{endpoint.EndpointName}__0"] = endpoint;
            }
        });
    }

    private static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource other)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(other, "Reference"));
}
