using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Cli.Output;
using QatPipeline.Cli.Remote;
using QatPipeline.Runs;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Storage;
using QatPipeline.Runs.Verification;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat verify</c>: reads a whole store and tells what is damaged, missing or foreign in it.</summary>
internal static class VerifyCommand
{
    private const int Faulty = 1;
    private const string Connection = "ConnectionStrings__blobs";

    public static Command Create()
    {
        var store = new Option<DirectoryInfo?>("--store")
        {
            Description = $"The folder 'store' of a 'qat run'; default: {Connection}, else that of the system started from this folder",
            HelpName = "DIR",
        };
        var quarantine = new Option<bool>("--quarantine")
        {
            Description = "Move damaged blobs to quarantine/ in the store; from then on they count as absent",
        };
        var command = new Command(
            "verify",
            """
            Read every file of a store and compare it with the SHA-256 it was written with. Prints a line for each that is damaged, missing
            or foreign, with what makes it right again; exit code 0 where all is well, else 1. Nothing is changed without --quarantine.

            Example: qat verify
            Example: qat verify --store results/store
            """) { store, quarantine };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var found = Enum.GetValues<StoreFindingKind>().ToDictionary(kind => kind, _ => 0);
            using var progress = new VerificationDisplay(TimeProvider.System);
            await foreach (var finding in new StoreVerification(Open(parsed.GetValue(store)), StageTable.Standard)
                .FindAsync(parsed.GetValue(quarantine), progress, cancellationToken))
            {
                VerificationDisplay.Clear();
                Console.WriteLine($"{NameOf(finding.Kind)}  {finding.Name}: {finding.Remedy}");
                found[finding.Kind]++;
            }

            VerificationDisplay.Clear();
            Console.WriteLine(
                $"{progress.Last.Blobs} files read: {string.Join(", ", found.Select(kind => $"{kind.Value} {NameOf(kind.Key)}"))}, "
                + $"{progress.Last.Unknown} without a digest");
            return found.Values.Sum() == 0 ? 0 : Faulty;
        });
        return command;
    }

    private static string NameOf(StoreFindingKind kind) => kind.ToString().ToLowerInvariant();

    private static IBlobStore Open(DirectoryInfo? folder)
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
