using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.AppHost.Tests;

/// <summary>
/// The AppHost as a person starts it in a terminal: a process group of its own; with data, ports and keys that are its own, too.
/// </summary>
internal sealed class HostProcess : IDisposable
{
    public const string SkipReason = "needs RabbitMQ, Azurite and Aspire's orchestrator and dashboard: ./qat setup";

    private const string DataVariable = "QAT_DATA";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private readonly ScratchFolder folder = new();
    private readonly ChildProcess process;

    private HostProcess(string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            [DataVariable] = folder.FullName,
            ["Storage__CacheFolder"] = folder.PathOf("cache"),
            ["ASPNETCORE_URLS"] = Dashboard.ToString(),
            ["AppHost__BrowserToken"] = BrowserToken,
            ["AppHost__DashboardApiKey"] = ApiKey,
        };
        // Background jobs of scripts ignore SIGINT, and so would what they start.
        process = ChildProcess.Start("setsid", ["env", "--default-signal=INT", BuiltProgram.PathOf("AppHost"), .. arguments], environment);
    }

    public static bool IsAvailable => RabbitMqProcess.IsAvailable && AzuriteProcess.IsAvailable && InstalledTools.HasAspire;

    public Uri Dashboard { get; } = new($"http://localhost:{LoopbackPorts.Next()}");

    public string BrowserToken { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The key to the dashboard's telemetry.</summary>
    private string ApiKey { get; } = Guid.NewGuid().ToString("N");

    public Uri Broker => new(Read("messaging.connection")!);

    public BlobContainerClient Blobs => new(Read("blobs.connection"), "qatpipeline");

    public int ExitCode => process.ExitCode;

    /// <summary>Starts it and waits until the gateway, the last of its services, is ready.</summary>
    public static async Task<HostProcess> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var host = new HostProcess(arguments);
        try
        {
            await host.process.WaitUntilAsync(
                () => Task.FromResult(host.Read("gateway.url") is { Length: > 0 }), StartLimit, cancellationToken);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>The id of a run's trace, as the gateway tells it.</summary>
    public async Task<string> TraceIdOfAsync(string runId, CancellationToken cancellationToken)
    {
        using var gateway = Gateway();
        var status = await gateway.GetFromJsonAsync<JsonElement>($"/runs/{runId}", cancellationToken);
        return status.GetProperty("traceId").GetString()!;
    }

    /// <summary>Waits for a run of that name; returns its id.</summary>
    public async Task<string> WaitForRunAsync(string name, CancellationToken cancellationToken)
    {
        using var gateway = Gateway();
        while (true)
        {
            var runs = await gateway.GetFromJsonAsync<JsonElement>("/runs", cancellationToken);
            var found = runs.EnumerateArray().FirstOrDefault(run => run.GetProperty("name").GetString() == name);
            if (found.ValueKind == JsonValueKind.Object)
            {
                return found.GetProperty("runId").GetString()!;
            }

            await Task.Delay(TimeSpan.FromSeconds(0.5), cancellationToken);
        }
    }

    public async Task CancelAsync(string runId, CancellationToken cancellationToken)
    {
        using var gateway = Gateway();
        using var answer = await gateway.DeleteAsync(new Uri($"/runs/{runId}", UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The spans of a completed run, as the dashboard has them.</summary>
    public async Task<IReadOnlyList<Span>> ReadTraceAsync(string runId, CancellationToken cancellationToken)
    {
        using var telemetry = new Telemetry(Dashboard, ApiKey);
        return await telemetry.WaitForTraceAsync(
            await TraceIdOfAsync(runId, cancellationToken), "QatPipeline.Contracts.V1:PipelineCompleted send", cancellationToken);
    }

    private HttpClient Gateway() => new() { BaseAddress = new Uri(Read("gateway.url")!) };

    /// <summary>The content of a file in the data folder, or null where there is none.</summary>
    private string? Read(string file) => File.Exists(folder.PathOf(file)) ? File.ReadAllText(folder.PathOf(file)) : null;

    /// <summary>
    /// Ends it as the terminal does: the signal goes to the whole process group. Returns the command lines of the processes that it, or
    /// one of its children, started and that are still there.
    /// </summary>
    public async Task<IReadOnlyList<string>> StopAsync(string signal, CancellationToken cancellationToken)
    {
        var group = string.Create(CultureInfo.InvariantCulture, $"-{process.Id}");
        using (var kill = Process.Start("kill", ["-s", signal, "--", group]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        await process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, cancellationToken);
        return Running();
    }

    public void Dispose()
    {
        process.Dispose();
        folder.Dispose();
    }

    // A zombie's command line is empty.
    private List<string> Running() => [.. Directory.EnumerateDirectories("/proc")
        .Where(entry => int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out _))
        .Where(entry => ReadNullSeparated(entry, "environ").Contains($"{DataVariable}={folder.FullName}"))
        .Select(entry => string.Join(' ', ReadNullSeparated(entry, "cmdline")))
        .Where(command => command.Length > 0)];

    private static string[] ReadNullSeparated(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file)).Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended in this instant, or is somebody else's.
            return [];
        }
    }
}
