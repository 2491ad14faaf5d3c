using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>How many processes of a service run: <c>--Replicas:dataset-loading=2</c>, one where nothing is said.</summary>
internal static class ServiceReplicas
{
    private const string Section = "Replicas";
    private const int Most = 64;

    /// <exception cref="DistributedApplicationException">The value is no number from 1 to 64.</exception>
    public static int Of(string service, IConfiguration configuration)
    {
        var text = configuration[$"{Section}:{service}"];
        if (string.IsNullOrEmpty(text))
        {
            return 1;
        }

        return int.TryParse(text, CultureInfo.InvariantCulture, out var replicas) && replicas is >= 1 and <= Most
            ? replicas
            : throw new DistributedApplicationException($"{Section}:{service} is '{text}'. It takes a number from 1 to {Most}.");
    }

    /// <exception cref="DistributedApplicationException">A number is given for what is no service.</exception>
    public static void RequireServices(this IDistributedApplicationBuilder builder)
    {
        var services = builder.Resources.OfType<ProjectResource>().Select(project => project.Name).ToList();
        var unknown = builder.Configuration.GetSection(Section).GetChildren()
            .FirstOrDefault(entry => !services.Contains(entry.Key, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
        {
            throw new DistributedApplicationException(
                $"{Section}:{unknown.Key} names no service. There are {string.Join(", ", services)}.");
        }
    }
}
