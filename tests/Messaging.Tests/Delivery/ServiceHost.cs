using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Tests.Delivery;

/// <summary>A host with the defaults of every service, executing the given stages, as one service process would.</summary>
internal sealed class ServiceHost : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly IHost _host;

    private ServiceHost(BrokerFixture infrastructure, Action<PipelineBusBuilder> pipeline)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:messaging"] = infrastructure.Broker.ConnectionString,
            ["ConnectionStrings:blobs"] = infrastructure.Storage.ConnectionString,
            ["Storage:CacheFolder"] = _folder.PathOf("cache"),
            ["Data:Roots"] = "/m:/m.onnx:/d:/models:/pictures",
        });
        builder.AddPipeline(pipeline);
        _host = builder.Build();
    }

    public IBus Bus => _host.Services.GetRequiredService<IBus>();

    public RunStatusStore Runs => _host.Services.GetRequiredService<RunStatusStore>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public IBlobStore Blobs => _host.Services.GetRequiredService<IBlobStore>();

    public static async Task<ServiceHost> StartAsync(
        BrokerFixture infrastructure, Action<PipelineBusBuilder> pipeline, CancellationToken cancellationToken)
    {
        var service = new ServiceHost(infrastructure, pipeline);
        await service._host.StartAsync(cancellationToken);
        return service;
    }

    public static Task<ServiceHost> StartAsync(
        BrokerFixture infrastructure, IEnumerable<IStage> stages, CancellationToken cancellationToken) =>
        StartAsync(
            infrastructure,
            pipeline =>
            {
                foreach (var stage in stages)
                {
                    pipeline.AddStage(stage);
                }
            },
            cancellationToken);

    /// <summary>Polls the run's status until it is final.</summary>
    public async Task<RunStatus> WaitForEndAsync(string runId, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await Runs.ReadAsync(runId, limit.Token) is { IsFinal: true } status)
            {
                return status;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _folder.Dispose();
    }
}
