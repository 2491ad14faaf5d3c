using System.Buffers.Text;
using System.Security.Cryptography;

namespace QatPipeline.AppHost;

/// <summary>The key that the services ask their callers for.</summary>
internal static class Credentials
{
    private const string Setting = "Security:ApiKey";

    /// <summary>The key of this start, unless one is configured.</summary>
    public static string Token(this IDistributedApplicationBuilder builder) =>
        builder.Configuration[Setting] ??= Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Gives it to all services, and to the command line in the data folder; a deployment has a parameter instead.</summary>
    public static IDistributedApplicationBuilder SecureServices(this IDistributedApplicationBuilder builder)
    {
        var services = builder.Resources.OfType<ProjectResource>().Select(builder.CreateResourceBuilder).ToList();
        if (!builder.ExecutionContext.IsPublishMode)
        {
            new DataFolder(builder).Write("gateway.token", builder.Token());
            services.ForEach(service => service.WithEnvironment("Security__ApiKey", builder.Token()));
            return builder;
        }

        var key = builder.AddParameter("api-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
        services.ForEach(service => service
            .WithEnvironment("Security__ApiKey", key)
            // In containers, services call each other by name.
            .WithEnvironment("AllowedHosts", $"localhost;{service.Resource.Name}"));
        return builder;
    }
}
