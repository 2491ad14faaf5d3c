using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Runs.Storage;

/// <summary>Registers the blob store and what stands on it.</summary>
public static class StorageExtensions
{
    private const string ConnectionName = "blobs";

    /// <summary>
    /// Uses the connection string <c>blobs</c>: that of Azure Blob Storage or Azurite, or the path of a folder, for one machine.
    /// </summary>
    public static IHostApplicationBuilder AddPipelineStorage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IBlobStore>(provider => Open(
            provider.GetRequiredService<IConfiguration>().GetConnectionString(ConnectionName),
            provider.GetRequiredService<IOptions<StorageOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage");
        builder.Services.AddPipelineExecution();
        return builder;
    }

    /// <summary>
    /// Registers the artifact store, the runs' folders and status, and the stage executor over the registered <see cref="IBlobStore"/>.
    /// </summary>
    public static IServiceCollection AddPipelineExecution(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new StageExecutorOptions());
        services.AddSingleton(provider =>
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.OpenCache(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ArtifactStore>();
        services.TryAddSingleton(StageTable.Standard);
        services.AddSingleton<RunFolder>();
        services.AddSingleton<RunFileStore>();
        services.AddSingleton<RunReferences>();
        services.AddSingleton<RunRepair>();
        services.AddSingleton<RunStatusStore>();
        services.AddSingleton<StageExecutor>();
        return services;
    }

    /// <summary>Opens the store that a connection string names: that of Azure Blob Storage or Azurite, or the path of a folder.</summary>
    /// <exception cref="ArtifactException">There is no connection string.</exception>
    public static IBlobStore Open(string? connection, StorageOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        if (string.IsNullOrEmpty(connection))
        {
            throw new ArtifactException(
                "No blob storage: set ConnectionStrings__blobs to the connection string of Azure Blob Storage or Azurite, or to a folder.");
        }

        if (Path.IsPathRooted(connection))
        {
            return new FolderBlobStore(connection, loggers.CreateLogger<FolderBlobStore>());
        }

        var client = new BlobClientOptions();
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = 6;
        client.Retry.Delay = TimeSpan.FromMilliseconds(500);
        client.Retry.MaxDelay = TimeSpan.FromSeconds(10);
        return new AzureBlobStore(
            new BlobContainerClient(connection, options.Container, client), time, loggers.CreateLogger<AzureBlobStore>());
    }
}
