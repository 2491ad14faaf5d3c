using System.Globalization;
using System.Net;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>An Azurite blob server of a test's own: loopback, a free port, data in a scratch folder that outlives a restart.</summary>
public sealed class AzuriteProcess : IDisposable
{
    public const string SkipReason = "needs Azurite: run ./qat setup";

    // The emulator's published development account.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);

    private readonly ScratchFolder _scratch = new();
    private readonly string _folder;
    private readonly string[] _nodeOptions;
    private readonly int _port = LoopbackPorts.Next();
    private ChildProcess? _server;

    private AzuriteProcess(string? folder, string? preloaded)
    {
        _folder = folder ?? _scratch.FullName;
        _nodeOptions = preloaded is null ? [] : ["--require", preloaded];
    }

    public static bool IsAvailable => File.Exists(InstalledTools.Azurite);

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_port}/{Account};";

    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="folder">Where the data is kept; a scratch folder where there is none.</param>
    /// <param name="preloaded">A script that Node.js reads first.</param>
    public static async Task<AzuriteProcess> StartAsync(
        CancellationToken cancellationToken, string? folder = null, string? preloaded = null)
    {
        var storage = new AzuriteProcess(folder, preloaded);
        try
        {
            await storage.ResumeAsync(cancellationToken);
            return storage;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <summary>Kills the server; the blobs stay on disk.</summary>
    public void Kill()
    {
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Stops the server as it is stopped with its machine: it writes down what it holds.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await (_server?.TerminateAsync(cancellationToken) ?? Task.CompletedTask);
        Kill();
    }

    /// <summary>Starts it (again) with its data, and waits until it answers.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            .. _nodeOptions, InstalledTools.Azurite, "--blobHost", "127.0.0.1", "--blobPort", _port.ToString(CultureInfo.InvariantCulture),
            "--location", _folder, "--skipApiVersionCheck", "--disableTelemetry", "--silent",
        ];
        _server = ChildProcess.Start("node", arguments, new Dictionary<string, string>());
        using var client = new HttpClient();
        await _server.WaitUntilAsync(() => AnswersAsync(client, cancellationToken), StartTimeout, cancellationToken);
    }

    public void Dispose()
    {
        Kill();
        _scratch.Dispose();
    }

    private async Task<bool> AnswersAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{_port}/{Account}?comp=list"), cancellationToken);
            return response.StatusCode == HttpStatusCode.Forbidden;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
