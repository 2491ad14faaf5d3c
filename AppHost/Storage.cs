namespace QatPipeline.AppHost;

/// <summary>Azure Blob Storage, or its emulator Azurite.</summary>
internal static class Storage
{
    // The emulator's own account, with a key of ours: its own is public.
    private const string Account = "devstoreaccount1";
    private const string Prefix = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey=";
    // Without a signature, it is refused by a storage that is up.
    private const string Listing = $"/{Account}?comp=list";
    // The emulator knows fewer versions of the protocol than the client library speaks.
    private static readonly string[] Options = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"];

    public static ConnectionBuilder AddStorage(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddInfrastructure(name, () => builder.AddContainer(name), data => builder.AddProcess(name, data));

    private static IResourceBuilder<AzuriteContainer> AddContainer(this IDistributedApplicationBuilder builder, string name)
    {
        // Letters and digits, as many as a multiple of four: a key in base 64.
        var generated = new GenerateParameterDefault { MinLength = 64, Special = false };
        var key = builder.AddParameter($"{name}-key", generated, secret: true, persist: true);
        var host = builder.ExecutionContext.IsPublishMode ? EndpointProperty.Host : EndpointProperty.IPV4Host;
        return builder.AddResource(new AzuriteContainer(name, key.Resource, host))
            .WithImage("azure-storage/azurite", "3.35.0")
            .WithImageRegistry("mcr.microsoft.com")
            .WithVolume("qatpipeline-azurite", "/data")
            .WithArgs(["azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", .. Options])
            .WithEnvironment("AZURITE_ACCOUNTS", $"{Account}:{key}")
            .WithHttpEndpoint(targetPort: 10000, name: "blob")
            .WithHttpHealthCheck(Listing, statusCode: 403, endpointName: "blob");
    }

    private static IResourceBuilder<LocalProcess> AddProcess(this IDistributedApplicationBuilder builder, string name, DataFolder data)
    {
        var tools = builder.Configuration["QAT_HOME"] ?? $"{builder.Configuration["HOME"]}/.cache/qatpipeline";
        var azurite = LocalProcess.Require("Azurite", Path.Combine(tools, "azurite/node_modules/azurite/dist/src/blob/main.js"));
        var durable = Path.Combine(builder.AppHostDirectory, "durable-storage.cjs");
        var (folder, port) = (data.FolderOf("azurite"), data.Port("blob"));
        // Hexadecimal digits, as many as a multiple of four: a key in base 64.
        var key = data.Secret($"{name}-key");
        // With the name localhost, the client library would take the account for a part of the host name.
        var connectionString = $"{Prefix}{key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";
        return builder.AddResource(new LocalProcess(name, LocalProcess.Require("Node.js", "node"), folder, connectionString))
            .WithEnvironment("AZURITE_ACCOUNTS", $"{Account}:{key}")
            .WithArgs(["--require", durable, azurite, "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--location", folder, .. Options])
            .WithHttpEndpoint(port: port, targetPort: port, name: "blob", isProxied: false)
            .WithHttpHealthCheck(Listing, statusCode: 403, endpointName: "blob");
    }

    private sealed class AzuriteContainer(string name, ParameterResource key, EndpointProperty host)
        : ContainerResource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
            $"{Prefix}{key};BlobEndpoint=http://{Blob.Property(host)}:{Blob.Property(EndpointProperty.Port)}/{Account};");

        private EndpointReference Blob => this.GetEndpoint("blob");
    }
}
