using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QatPipeline.TestSupport;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.SystemSupport;

/// <summary>The real AppHost with everything it starts, on a data folder and ports of its own.</summary>
public sealed class AspireSystem : IAsyncDisposable
{
    public const string SkipReason = "needs RabbitMQ and Azurite: ./qat setup";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromMinutes(3);

    private readonly ScratchFolder _folder;
    private readonly DistributedApplication _application;
    private readonly string _apiKey;
    private ResourceLogs? _logs;

    private AspireSystem(ScratchFolder folder, DistributedApplication application, string apiKey)
    {
        (_folder, _application, _apiKey) = (folder, application, apiKey);
        Dashboard = new Uri(application.Services.GetRequiredService<IConfiguration>()["ASPNETCORE_URLS"]!);
    }

    public static bool IsAvailable => RabbitMqProcess.IsAvailable && AzuriteProcess.IsAvailable;

    public Uri Dashboard { get; }

    /// <summary>What opens the dashboard's page without a question.</summary>
    public Uri DashboardLogin =>
        new(Dashboard, $"/login?t={_application.Services.GetRequiredService<IConfiguration>()["AppHost:BrowserToken"]}");

    /// <summary>The gateway's address.</summary>
    public Uri Gateway => AddressOf("gateway", "http");

    /// <summary>The key of this start, as the command line finds it.</summary>
    public string GatewayToken => File.ReadAllText(DataFile("gateway.token"));

    /// <summary>The broker's connection string.</summary>
    public string Broker { get; private set; } = "";

    /// <summary>The storage's connection string.</summary>
    public string Storage { get; private set; } = "";

    /// <summary>The names of our services.</summary>
    public IEnumerable<string> Services =>
        _application.Services.GetRequiredService<DistributedApplicationModel>().GetProjectResources().Select(project => project.Name);

    /// <summary>The telemetry that the dashboard has received.</summary>
    public Telemetry OpenTelemetry() => new(Dashboard, _apiKey);

    /// <summary>A client of the gateway that sends the key.</summary>
    public HttpClient CreateGatewayClient() =>
        new() { BaseAddress = Gateway, DefaultRequestHeaders = { { "X-Api-Key", GatewayToken } } };

    /// <summary>The full path of a file in the data folder.</summary>
    public string DataFile(string name) => Path.Combine(_folder.PathOf("data"), name);

    /// <summary>Where a service listens.</summary>
    public Uri AddressOf(string service, string endpoint) => _application.GetEndpoint(service, endpoint);

    /// <summary>Starts it and waits until all services are healthy.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="configure">Changes the model before it starts.</param>
    /// <param name="arguments">The AppHost's command line.</param>
    public static async Task<AspireSystem> StartAsync(
        CancellationToken cancellationToken, Action<IDistributedApplicationTestingBuilder>? configure = null, params string[] arguments)
    {
        var folder = new ScratchFolder();
        var key = Guid.NewGuid().ToString("N");
        string[] own =
        [
            $"--QAT_DATA={folder.PathOf("data")}",
            $"--AppHost:DashboardApiKey={key}", $"--AppHost:OtlpApiKey={key}",
            // Tests start again what they killed, when they want to.
            "--Restarts:Limit=0",
            // Ports of its own, which are known before the start.
            "--DcpPublisher:RandomizePorts=false",
            $"--ASPNETCORE_URLS=http://localhost:{LoopbackPorts.Next()}",
            $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:{LoopbackPorts.Next()}",
        ];
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [.. own, .. arguments], (options, _) => options.DisableDashboard = false, cancellationToken);
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            builder.CreateResourceBuilder(project).WithEnvironment("Storage__CacheFolder", folder.PathOf("cache"));
        }

        configure?.Invoke(builder);
        var system = new AspireSystem(folder, await builder.BuildAsync(cancellationToken), key);
        try
        {
            await system.StartAsync(cancellationToken).WaitAsync(StartLimit, cancellationToken);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything that the resource has logged since it was started first.</summary>
    public string LogOf(string resource) => Logs.Of(resource, sinceLastStart: false);

    /// <summary>What the resource has logged since <see cref="ResumeAsync"/> started it last.</summary>
    public string RecentLogOf(string resource) => Logs.Of(resource, sinceLastStart: true);

    /// <summary>Kills the resource's processes as the out-of-memory killer would.</summary>
    public async Task KillAsync(string resource, CancellationToken cancellationToken)
    {
        var running = await WaitForAsync(
            resource,
            entry => entry.Snapshot.State?.Text == KnownResourceStates.Running && ProcessIdOf(entry) is not null,
            cancellationToken);
        using (var process = Process.GetProcessById(ProcessIdOf(running)!.Value))
        {
            process.Kill(entireProcessTree: true);
        }

        await EndedAsync(resource, cancellationToken);
    }

    /// <summary>Stops the resource as it is stopped with its machine: it writes down what it holds.</summary>
    public async Task StopAsync(string resource, CancellationToken cancellationToken)
    {
        await CommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
        await EndedAsync(resource, cancellationToken);
    }

    /// <summary>Starts a killed or stopped resource as the dashboard's command does, and waits until it is healthy.</summary>
    public async Task ResumeAsync(string resource, CancellationToken cancellationToken)
    {
        Logs.Mark(resource);
        await CommandAsync(resource, KnownResourceCommands.StartCommand, cancellationToken);
        await HealthyAsync(resource, cancellationToken);
    }

    /// <summary>Waits until the resource has ended.</summary>
    public Task EndedAsync(string resource, CancellationToken cancellationToken) => WaitForAsync(
        resource, entry => KnownResourceStates.TerminalStates.Contains(entry.Snapshot.State?.Text), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None).WaitAsync(ChangeLimit);
        await _application.DisposeAsync();
        _folder.Dispose();
    }

    private ResourceLogs Logs => _logs ?? throw new InvalidOperationException("The system has not started.");

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _application.StartAsync(cancellationToken);
        // Not before: only now the resources' processes have the names that their logs are kept under.
        _logs = new ResourceLogs(_application);
        foreach (var service in Services)
        {
            await HealthyAsync(service, cancellationToken);
        }

        Broker = (await _application.GetConnectionStringAsync("messaging", cancellationToken))!;
        Storage = (await _application.GetConnectionStringAsync("blobs", cancellationToken))!;
    }

    private async Task CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await _application.ResourceCommands.ExecuteCommandAsync(resource, command, cancellationToken)
            .WaitAsync(ChangeLimit, cancellationToken);
        if (!result.Success)
        {
            throw new InvalidOperationException($"{command} of {resource} failed: {result.Message}\n{RecentLogOf(resource)}");
        }
    }

    private Task<ResourceEvent> HealthyAsync(string resource, CancellationToken cancellationToken) =>
        _application.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken)
            .WaitAsync(StartLimit, cancellationToken);

    private Task<ResourceEvent> WaitForAsync(string resource, Func<ResourceEvent, bool> isWanted, CancellationToken cancellationToken) =>
        _application.ResourceNotifications.WaitForResourceAsync(resource, isWanted, cancellationToken)
            .WaitAsync(ChangeLimit, cancellationToken);

    private static int? ProcessIdOf(ResourceEvent entry) =>
        entry.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } id
            ? Convert.ToInt32(id, CultureInfo.InvariantCulture)
            : null;
}
