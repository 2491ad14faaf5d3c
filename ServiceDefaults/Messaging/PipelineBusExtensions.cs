using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QatPipeline.ServiceDefaults.Runs;

namespace QatPipeline.ServiceDefaults.Messaging;

/// <summary>Registers the bus: RabbitMQ between processes, or memory within one.</summary>
public static class PipelineBusExtensions
{
    private const string ConnectionName = "messaging";

    // A stage stops at its next cancellation point; what it did is in its checkpoint.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Uses RabbitMQ at the connection string <c>messaging</c>.</summary>
    public static IHostApplicationBuilder AddPipelineBus(this IHostApplicationBuilder builder, Action<PipelineBusBuilder> pipeline)
    {
        var connection = builder.Configuration.GetConnectionString(ConnectionName) ?? throw new InvalidOperationException(
            "No message broker: set ConnectionStrings__messaging to amqp://user:password@host:port.");
        var endpoints = builder.Services.AddPipelineConsumers(pipeline);
        builder.Services.AddMassTransit(massTransit => massTransit.UsingRabbitMq((provider, bus) =>
        {
            bus.Host(new Uri(connection));
            RabbitMqTopology.Declare(bus);
            endpoints.ConfigureEndpoints(bus, provider);
        }));
        return builder;
    }

    /// <summary>The same consumers on a bus that never leaves the process.</summary>
    internal static IServiceCollection AddInMemoryPipelineBus(this IServiceCollection services, Action<PipelineBusBuilder> pipeline)
    {
        var endpoints = services.AddPipelineConsumers(pipeline);
        return services.AddMassTransit(massTransit => massTransit.UsingInMemory(
            (provider, bus) => endpoints.ConfigureEndpoints(bus, provider)));
    }

    private static PipelineBusBuilder AddPipelineConsumers(this IServiceCollection services, Action<PipelineBusBuilder> pipeline)
    {
        services.AddSingleton<RunCancellation>();
        services.AddSingleton<DeliveryGuard>();
        services.AddSingleton<RunStatusStore>();
        services.AddTransient<CancelConsumer>();
        services.AddTransient<RunTrackingConsumer>();
        services.AddTransient<ProgressConsumer>();
        services.AddTransient<ReportConsumer>();
        services.AddSingleton(provider => new Lazy<IBus>(provider.GetRequiredService<IBus>));
        services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = true;
            options.StopTimeout = StopTimeout;
            options.ConsumerStopTimeout = StopTimeout / 2;
        });
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout * 1.5);
        var endpoints = new PipelineBusBuilder(services);
        pipeline(endpoints);
        return endpoints;
    }
}
