using QatPipeline.Cli.Output;
using QatPipeline.Cli.Remote;
using QatPipeline.Runs;
using QatPipeline.Runs.Verification;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat verify</c>: reads a whole store and tells what is damaged, missing or foreign in it.</summary>
internal static class VerifyCommand
{
    private const int Faulty = 1;

    public static Command Create()
    {
        var store = StoreAddress.CreateOption();
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
            await foreach (var finding in new StoreVerification(StoreAddress.Open(parsed.GetValue(store)), StageTable.Standard)
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
}
