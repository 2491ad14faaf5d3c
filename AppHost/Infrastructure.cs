using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace QatPipeline.AppHost;

/// <summary>Where broker and storage come from.</summary>
internal static class Infrastructure
{
    private static readonly Lazy<bool> HasContainerEngine = new(() =>
    {
        using var check = Process.Start("/bin/sh", ["-c", "(timeout 5 docker info || timeout 5 podman info) >/dev/null 2>&1"]);
        check.WaitForExit();
        return check.ExitCode == 0;
    });

    /// <summary>
    /// Adds what is external where a connection string is configured, a container in a manifest and where an engine answers, otherwise a
    /// process of this machine. Others find its address in the data folder's file <c>NAME.connection</c>.
    /// </summary>
    public static ConnectionBuilder AddInfrastructure(
        this IDistributedApplicationBuilder builder,
        string name, Func<ConnectionBuilder> container, Func<DataFolder, ConnectionBuilder> process)
    {
        var data = new DataFolder(builder);
        var resource = builder.Configuration.GetConnectionString(name) is { Length: > 0 } ? builder.AddConnectionString(name)
            : builder.ExecutionContext.IsPublishMode || HasContainerEngine.Value ? container()
            : process(data);
        return resource.OnResourceReady(async (_, _, cancellationToken) =>
            data.Write($"{name}.connection", (await resource.Resource.GetConnectionStringAsync(cancellationToken))!));
    }
}
