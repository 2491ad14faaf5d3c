using QatPipeline.Foundation;

namespace QatPipeline.Cli.Doctor;

/// <summary>Blob storage: the one that is configured, else the emulator as it is installed.</summary>
internal sealed class StorageCheck : IMachineCheck
{
    /// <summary>Where a storage of one's own is named.</summary>
    public const string Variable = "ConnectionStrings__blobs";

    private const string Name = "storage";
    private const int HttpsPort = 443;

    private static readonly string Emulator =
        Path.Combine(UserFolders.Cache, "azurite", "node_modules", "azurite", "dist", "src", "blob", "main.js");

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connection)
        {
            return await AnswersAsync(connection, cancellationToken)
                ? Finding.Found(Name, $"{Variable} is set and answers", Finding.System)
                : Finding.Missing(
                    Name,
                    $"nothing answers at the address in {Variable}",
                    Finding.System,
                    "set it to the connection string of a storage that runs, to a folder, or unset it");
        }

        return (InstalledProgram.Find("node"), File.Exists(Emulator)) switch
        {
            (null, _) => Finding.Missing(Name, "Node.js is not installed", Finding.System, $"./qat setup, or set {Variable}"),
            (_, false) => Finding.Missing(Name, "Azurite is not installed", Finding.System, $"./qat setup, or set {Variable}"),
            var (node, _) => Finding.Found(Name, $"Azurite, run by {node}", Finding.System),
        };
    }

    private static async Task<bool> AnswersAsync(string connection, CancellationToken cancellationToken)
    {
        var parts = connection.Split(';').Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .ToLookup(part => part[0].Trim(), part => part[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var address = parts["BlobEndpoint"].FirstOrDefault()
            ?? (parts["AccountName"].FirstOrDefault() is { } account ? $"https://{account}.blob.core.windows.net" : connection);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && !uri.IsFile
            ? await Endpoint.AnswersAsync(uri, HttpsPort, cancellationToken)
            : Directory.Exists(connection);
    }
}
