using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.Specification;
using QatPipeline.DatasetLoading.Batches;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Messaging.Images;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Benchmarks.ImageStream;

/// <summary>The dataset service's endpoint over prepared images, and the image source that the stages read it with.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    private const int Size = 640;
    private const int AnyPort = 0;

    private static readonly DatasetSpecification[] Generated = [new DatasetSpecification { Synthetic = new SyntheticSpecification() }];

    private static readonly RunSpecification Specification = new()
    {
        Name = "stream",
        Model = new ModelSpecification { Yolov6 = new Yolov6Specification() },
        Data = new DataSpecification { Calibration = Generated, Validation = Generated },
        Qat = null,
    };

    private readonly WebApplication _app;
    private readonly IHost _client;

    private StreamServer(WebApplication app, IHost client) => (_app, _client) = (app, client);

    public static async Task<StreamServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, AnyPort, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<IImageSource, PreparedImages>();
        builder.Services.AddSingleton(DataRoots.Unlimited);
        builder.AddBatchService();
        var app = builder.Build();
        app.MapGrpcService<BatchService>();
        await app.StartAsync();

        var stage = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        stage.Configuration.AddInMemoryCollection([new("services:dataset-loading:grpc:0", app.Urls.Single())]);
        stage.Services.AddServiceDiscovery();
        stage.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        stage.AddImageSource();
        return new StreamServer(app, stage.Build());
    }

    /// <summary>Reads at least so many bytes of pixels and returns how many came.</summary>
    public async Task<long> ReadAsync(int batchSize, long bytes)
    {
        var count = (int)(bytes / (3L * Size * Size * sizeof(float))) + 1;
        var images = Enumerable.Range(0, count).Select(id => new IndexedImage(0, id, $"{id}.jpg", Size, Size, "")).ToArray();
        var source = _client.Services.GetRequiredService<IImageSource>();
        var received = 0L;
        await foreach (var batch in source.ReadAsync(
            Specification, DatasetSplit.Validation, images, EvaluationProtocol.E2(Size), batchSize, CancellationToken.None))
        {
            received += (long)batch.Levels.Length;
            batch.Dispose();
        }

        return received;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
