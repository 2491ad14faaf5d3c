using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Messaging.Images;

/// <summary>Where a stage's images come from.</summary>
public static class ImageSourceExtensions
{
    private const string Service = "dataset-loading";

    // The most that the handler allows: a stream may be a few messages ahead of its reader.
    private const int StreamWindow = 16 << 20;

    // A peer that died with its network sends no farewell: one that answers no ping within this has gone, busy as it may have been.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPing = TimeSpan.FromSeconds(30);

    /// <summary>The service <c>dataset-loading</c> where one is configured, this machine's files otherwise.</summary>
    public static IHostApplicationBuilder AddImageSource(this IHostApplicationBuilder builder)
    {
        if (!builder.Configuration.GetSection($"services:{Service}:grpc").Exists())
        {
            builder.Services.AddSingleton<IImageSource>(_ => new KeptImageSource(new LocalImageSource()));
            return builder;
        }

        foreach (var connection in GrpcImageSource.Connections)
        {
            // A stream lasts as long as its reader takes: only its peer's life has a limit. A broken one is retried with the stage's message.
            builder.Services.AddGrpcClient<BatchCalls>(connection, client => client.Address = new Uri($"http://_grpc.{Service}"))
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    InitialHttp2StreamWindowSize = StreamWindow,
                    KeepAlivePingDelay = PingAfter,
                    KeepAlivePingTimeout = LongestPing,
                    KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                })
                .ConfigureChannel(channel => channel.ThrowOperationCanceledOnCancellation = true);
        }

        builder.Services.AddSingleton<IImageSource>(services =>
            new KeptImageSource(ActivatorUtilities.CreateInstance<GrpcImageSource>(services)));
        return builder;
    }
}
