using System.Net;
using Aspire.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QatPipeline.AspireLocal.Dcp;
using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Dashboard;

/// <summary>The dashboard's process, and the service in this process that tells it of the resources.</summary>
internal sealed class DashboardHost(
    DcpClient client, AspireTools tools, DashboardOptions options, ResourceCommands commands, ResourceStates states)
{
    private const string Kind = "executables";
    private const string Name = "aspire-dashboard";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private WebApplication? _service;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The empty builder: the AppHost's own settings (ASPNETCORE_URLS) are not for this server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, new Uri(options.ResourceServiceUrl).Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options).AddSingleton(client).AddSingleton(commands).AddSingleton(states).AddSingleton<ConsoleLogs>();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<ApiKeyInterceptor>());
        _service = builder.Build();
        _service.MapGrpcService<ResourceService>();
        await _service.StartAsync(cancellationToken);

        await client.CreateAsync(
            Kind,
            new DcpObject<DcpExecutableSpec, DcpRunStatus>
            {
                Kind = "Executable",
                Metadata = new DcpMetadata(Name),
                Spec = new DcpExecutableSpec
                {
                    ExecutablePath = tools.Dashboard,
                    WorkingDirectory = Path.GetDirectoryName(tools.Dashboard)!,
                    Args = ["dashboard"],
                    Env = [.. options.ToEnvironment().Select(variable => new DcpVariable(variable.Key, variable.Value))],
                },
            },
            cancellationToken);
    }

    /// <exception cref="DistributedApplicationException">The dashboard does not answer; the message ends with what it wrote.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        var end = DateTime.UtcNow + Limit;
        while (DateTime.UtcNow < end)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"{options.FrontendUrl}/health"), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception problem)
                when (problem is HttpRequestException
                    || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not up yet.
            }

            await Task.Delay(200, cancellationToken);
        }

        var said = new List<string>();
        await foreach (var line in client.FollowLogAsync(Kind, Name, "stdout", follow: false, cancellationToken))
        {
            said.Add(line);
        }

        throw new DistributedApplicationException(
            $"The dashboard does not answer at {options.FrontendUrl} after {Limit.TotalSeconds:0} s. {string.Join(' ', said.TakeLast(3))}");
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await client.StopAsync(Kind, Name, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopLimit);
        try
        {
            await foreach (var change in client.WatchAsync<object, DcpRunStatus>(Kind, limit.Token))
            {
                if (change.Object.Metadata.Name == Name && change.Object.Status?.State is "Finished" or "Terminated")
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The orchestrator's own end takes it along.
        }

        if (_service is not null)
        {
            // Its streams are endless by nature: they are not waited for.
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await _service.StopAsync(now.Token);
            await _service.DisposeAsync();
        }
    }
}
