using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.ServiceDefaults.Security;

namespace QatPipeline.ServiceDefaults.Datasets;

/// <summary>Where a stage's images come from.</summary>
public static class DatasetExtensions
{
    private const string Service = "dataset-loading";

    // The most that the handler allows: a stream may be a few messages ahead of its reader.
    private const int StreamWindow = 16 << 20;

    /// <summary>The service <c>dataset-loading</c> where one is configured, this machine's files otherwise.</summary>
    public static IHostApplicationBuilder AddImageSource(this IHostApplicationBuilder builder)
    {
        if (!builder.Configuration.GetSection($"services:{Service}:grpc").Exists())
        {
            builder.Services.AddSingleton<IImageSource, LocalImageSource>();
            return builder;
        }

        foreach (var connection in GrpcImageSource.Connections)
        {
            // A stream lasts as long as its reader takes: no time-outs here, a broken one is retried with the stage's message.
#pragma warning disable EXTEXP0001 // Experimental, and the only way to take the default handlers off one client.
            builder.Services.AddGrpcClient<BatchCalls>(connection, client => client.Address = new Uri($"http://_grpc.{Service}"))
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { InitialHttp2StreamWindowSize = StreamWindow })
                .AddHttpMessageHandler(services => ActivatorUtilities.CreateInstance<ApiKeyHandler>(services))
                .ConfigureChannel(channel => channel.ThrowOperationCanceledOnCancellation = true)
                .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        }

        builder.Services.AddSingleton<IImageSource, GrpcImageSource>();
        return builder;
    }
}
