using System.Text;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>A service of this repository as a process of its own, as it was built beside the tests.</summary>
public sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly string project;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly int port = LoopbackPorts.Next();
    private readonly int grpcPort = LoopbackPorts.Next();
    private readonly StringBuilder earlier = new();
    private ChildProcess? process;

    private ServiceProcess(string project, IReadOnlyDictionary<string, string> environment) =>
        (this.project, this.environment) = (project, environment);

    /// <summary>Where its HTTP/1.1 endpoint is.</summary>
    public Uri Address => new($"http://localhost:{port}");

    /// <summary>Where its HTTP/2 endpoint is.</summary>
    public Uri GrpcAddress => new($"http://localhost:{grpcPort}");

    /// <summary>What it logged since it was started last.</summary>
    public string Output => process?.Output ?? "";

    /// <summary>What it logged since it was started first.</summary>
    public string WholeOutput => earlier + Output;

    /// <summary>Starts the service in Services/PROJECT and waits until it is healthy.</summary>
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
        process?.Dispose();
        earlier.Append(Output);
        process = null;
    }

    /// <summary>Starts it again at the same address.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(environment)
        {
            ["Kestrel__Endpoints__http__Url"] = Address.ToString(),
            ["Kestrel__Endpoints__grpc__Url"] = GrpcAddress.ToString(),
            ["Kestrel__Endpoints__grpc__Protocols"] = "Http2",
        };
        process = ChildProcess.Start(BuiltProgram.PathOf($"Services/{project}"), [], variables);
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        await process.WaitUntilAsync(() => IsHealthyAsync(client, cancellationToken), StartTimeout, cancellationToken);
    }

    public void Dispose() => Kill();

    private static async Task<bool> IsHealthyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
