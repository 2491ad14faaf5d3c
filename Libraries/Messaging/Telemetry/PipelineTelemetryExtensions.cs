using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging.Telemetry;

internal static class PipelineTelemetryExtensions
{
    private const string MassTransit = "MassTransit";
    private const string GrpcClient = "Grpc.Net.Client";

    /// <summary>Adds the pipeline's spans and metrics to what the service exports.</summary>
    public static void AddPipelineTelemetry(this IServiceCollection services) => services.AddOpenTelemetry()
        .WithMetrics(metrics => metrics.AddMeter(PipelineTelemetry.Name, MassTransit))
        .WithTracing(tracing => tracing.SetSampler<ProgressSampler>().AddSource(PipelineTelemetry.Name, MassTransit, GrpcClient));
}
