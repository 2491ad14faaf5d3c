using System.Text;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>A service of this repository as a process of its own, as it was built beside the tests.</summary>
public sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly string _project;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly int _port = LoopbackPorts.Next();
    private readonly int _grpcPort = LoopbackPorts.Next();
    private readonly StringBuilder _earlier = new();
    private ChildProcess? _process;

    private ServiceProcess(string project, IReadOnlyDictionary<string, string> environment) =>
        (_project, _environment) = (project, environment);

    /// <summary>Where its HTTP/1.1 endpoint is.</summary>
    public Uri Address => new($"http://localhost:{_port}");

    /// <summary>Where its HTTP/2 endpoint is.</summary>
    public Uri GrpcAddress => new($"http://localhost:{_grpcPort}");

    // A line of its health: it waits for services that a test has not started.
    private const string OtherServices = "workers:";

    /// <summary>Its process, another one after every start.</summary>
    public int Id => _process!.Id;

    /// <summary>What it logged since it was started last.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>What it logged since it was started first.</summary>
    public string WholeOutput => _earlier + Output;

    /// <summary>Starts the service in Services/PROJECT and waits until it is healthy, whatever others are.</summary>
    public static async Task<ServiceProcess> StartAsync(
        string project, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var service = new ServiceProcess(project, environment);
        try
        {
            await service.ResumeAsync(cancellationToken);
            return service;
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    /// <summary>Kills it as the out-of-memory killer would.</summary>
    public void Kill()
    {
        _process?.Dispose();
        _earlier.Append(Output);
        _process = null;
    }

    /// <summary>Starts it again at the same address.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(_environment)
        {
            ["Kestrel__Endpoints__http__Url"] = Address.ToString(),
            ["Kestrel__Endpoints__grpc__Url"] = GrpcAddress.ToString(),
            ["Kestrel__Endpoints__grpc__Protocols"] = "Http2",
        };
        _process = ChildProcess.Start(BuiltProgram.PathOf($"Services/{_project}"), [], variables);
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        await _process.WaitUntilAsync(() => IsHealthyAsync(client, cancellationToken), StartTimeout, cancellationToken);
    }

    public void Dispose() => Kill();

    private static async Task<bool> IsHealthyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
            var health = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                || (health.Split('\n') is ["Unhealthy", .. { Length: > 0 } missing]
                    && missing.All(line => line.StartsWith(OtherServices, StringComparison.Ordinal)));
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
