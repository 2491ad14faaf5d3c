using System.Globalization;
using System.Net;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>The blob storage.</summary>
internal static class BlobExtensions
{
    private const int AzuritePort = 10000;

    // The emulator's only account. Its key is public: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
    private const string Account = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>
    /// Adds Azure Blob Storage: external in a manifest and where <c>ConnectionStrings:NAME</c> is configured, otherwise the emulator, as a
    /// container where an engine answers or as a process of this machine.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddBlobs(this IDistributedApplicationBuilder builder, string name)
    {
        if (builder.ExecutionContext.IsPublishMode || builder.Configuration[$"ConnectionStrings:{name}"] is { Length: > 0 })
        {
            return builder.AddConnectionString(name);
        }

        return ContainerEngine.Answers ? builder.AddContainerStorage(name) : builder.AddProcessStorage(name);
    }

    private static IResourceBuilder<ConnectionStringResource> AddContainerStorage(this IDistributedApplicationBuilder builder, string name)
    {
        var storage = builder.AddContainer("storage", "mcr.microsoft.com/azure-storage/azurite", "3.35.0")
            .WithVolume("qatpipeline-azurite", "/data")
            .WithArgs(
                "azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", "--skipApiVersionCheck", "--disableTelemetry", "--silent")
            .WithEndpoint(targetPort: AzuritePort, scheme: "http", name: "blob");
        return builder.ConnectTo(storage, name);
    }

    private static IResourceBuilder<ConnectionStringResource> AddProcessStorage(this IDistributedApplicationBuilder builder, string name)
    {
        InstalledTools.Require(InstalledTools.Azurite, "Azurite");
        var port = DataFolder.Ports.Get("blob");
        var folder = DataFolder.FolderOf("azurite");
        var storage = builder.AddExecutable(
                "storage", "node", folder, InstalledTools.Azurite,
                "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", folder,
                // The emulator knows fewer versions of the protocol than the client library speaks.
                "--skipApiVersionCheck", "--disableTelemetry", "--silent")
            .WithEndpoint(port: port, targetPort: port, scheme: "http", name: "blob", isProxied: false);
        return builder.ConnectTo(storage, name);
    }

    private static IResourceBuilder<ConnectionStringResource> ConnectTo<T>(
        this IDistributedApplicationBuilder builder, IResourceBuilder<T> storage, string name)
        where T : class, IResourceWithEndpoints
    {
        var port = storage.GetEndpoint("blob").Property(EndpointProperty.Port);
        // 127.0.0.1: with the name localhost, the client library would take the account for a part of the host name.
        var connectionString = ReferenceExpression.Create(
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};BlobEndpoint=http://127.0.0.1:{port}/{Account};");
        storage.WithReadinessCheck("blob", AnswersAsync).WithConnectionFile(name, connectionString);
        return builder.AddConnectionString(name, connectionString).WaitFor(storage).WithParentRelationship(storage);
    }

    /// <summary>A listing without a signature is refused, by a storage that is up.</summary>
    private static async Task<bool> AnswersAsync(EndpointReference endpoint, CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{endpoint.Port}/{Account}?comp=list"), cancellationToken);
        return response.StatusCode is HttpStatusCode.Forbidden;
    }
}
