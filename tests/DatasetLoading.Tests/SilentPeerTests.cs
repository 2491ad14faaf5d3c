using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Messaging.Images;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.DatasetLoading.Tests;

/// <summary>The end of a connection that nobody announces: a host without power, a cable without plug.</summary>
public sealed class SilentPeerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public void Dispose() => _silent.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task ReadAsync_PeerFallsSilent_EndsAsAFaultThatPasses()
    {
        _silent.Start();
        var builder = Host.CreateApplicationBuilder(
            [$"--services:dataset-loading:grpc:0=http://{_silent.LocalEndpoint}"]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        builder.AddImageSource();
        using var host = builder.Build();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var specification = RunSpecificationLoader.Parse("""
            name: silence
            model: { yolov6: { variant: s } }
            data: { calibration: [{ yolo: / }], validation: [{ yolo: / }] }
            qat: null
            """, "silence.yaml", "/");
        var batches = host.Services.GetRequiredService<IImageSource>().ReadAsync(
            specification,
            DatasetSplit.Validation,
            [new IndexedImage(0, 1, "1.png", 40, 30, "")],
            EvaluationProtocol.Named("E2", 64, 0),
            1,
            limit.Token);

        var exception = await Record.ExceptionAsync(async () => await batches.FirstOrDefaultAsync(limit.Token));

        Assert.False(limit.IsCancellationRequested);
        Assert.NotNull(exception);
        Assert.True(StageFault.Of(exception).IsTransient, exception.ToString());
    }
}
