using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Storage;

namespace QatPipeline.Cli.Remote;

/// <summary>Where the store is that a verb reads directly.</summary>
internal static class StoreAddress
{
    private const string Connection = "ConnectionStrings__blobs";

    public static Option<DirectoryInfo?> CreateOption() => new("--store")
    {
        Description = $"The folder 'store' of a 'qat run'; default: {Connection}, else that of the system started from this folder",
        HelpName = "DIR",
    };

    /// <summary>The store in that folder; without one, that of the environment or of the running system.</summary>
    /// <exception cref="GatewayException">No store is known.</exception>
    public static IBlobStore Open(DirectoryInfo? folder)
    {
        // A folder that is opened as a store becomes one.
        if (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, StorePaths.Runs)))
        {
            throw new DirectoryNotFoundException(
                $"{folder} holds no runs: name the folder 'store' below the one that --out named.");
        }

        var connection = folder?.FullName
            ?? (Environment.GetEnvironmentVariable(Connection) is { Length: > 0 } named ? named : null)
            ?? GatewayAddress.WrittenDown("blobs.connection")
            ?? throw new GatewayException(
                $"No store is known: name a folder with --store, set {Connection}, or start the system with './qat up'.");
        var options = new StorageOptions();
        options.Container = Environment.GetEnvironmentVariable("Storage__Container") ?? options.Container;
        return StorageExtensions.Open(connection, options, TimeProvider.System, NullLoggerFactory.Instance);
    }
}
