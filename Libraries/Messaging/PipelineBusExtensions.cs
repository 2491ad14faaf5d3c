using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Broker;
using QatPipeline.Messaging.Consumers;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Messaging.Submission;
using QatPipeline.Messaging.Telemetry;
using QatPipeline.Runs;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Storage;

namespace QatPipeline.Messaging;

/// <summary>Registers the pipeline: its bus, RabbitMQ between processes or memory within one, and the store of its runs.</summary>
public static class PipelineBusExtensions
{
    // A stage stops at its next cancellation point; what it did is in its checkpoint.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Makes the process a part of the pipeline: the store at the connection string <c>blobs</c>, RabbitMQ at <c>messaging</c>, and what
    /// the process does on the bus.
    /// </summary>
    public static IHostApplicationBuilder AddPipeline(this IHostApplicationBuilder builder, Action<PipelineBusBuilder> pipeline)
    {
        var connection = builder.Configuration.GetPipelineBroker();
        builder.AddPipelineStorage();
        builder.Services.AddSingleton(DataRoots.From(builder.Configuration));
        builder.Services.AddSingleton(TrainingHosts.From(builder.Configuration));
        builder.Services.AddPipelineTelemetry();
        var endpoints = builder.Services.AddPipelineConsumers(StageTable.Standard, pipeline);
        // Before the bus, whose start waits for the broker.
        builder.Services.AddHostedService(provider => new BusWatch(
            provider.GetRequiredService<IBusControl>().CheckHealth,
            cancellationToken => BrokerAddress.AnswersAsync(connection, cancellationToken),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BusWatch>>()));
        builder.Services.AddMassTransit(massTransit => massTransit.UsingRabbitMq((provider, bus) =>
        {
            bus.Host(new Uri(connection));
            bus.DeployPublishTopology = true;
            bus.Bind(EventRouter.Queue, endpoints.Stages.Events);
            bus.Bind(RunTracker.Queue, [.. endpoints.Stages.Events, .. RunTracker.Ends]);
            bus.DeclareQueues<PipelineRequested>(endpoints.Stages.Rows.Select(row => row.Queue));
            endpoints.ConfigureEndpoints(bus, provider);
        }));
        return builder;
    }

    /// <summary>The same consumers on a bus that never leaves the process, which may do whatever its user may.</summary>
    internal static IServiceCollection AddInMemoryPipelineBus(
        this IServiceCollection services, StageTable stages, Action<PipelineBusBuilder> pipeline)
    {
        services.AddSingleton(DataRoots.Unlimited);
        services.AddSingleton(TrainingHosts.Unlimited);
        var endpoints = services.AddPipelineConsumers(stages, pipeline);
        return services.AddMassTransit(massTransit => massTransit.UsingInMemory(
            (provider, bus) => endpoints.ConfigureEndpoints(bus, provider)));
    }

    private static PipelineBusBuilder AddPipelineConsumers(
        this IServiceCollection services, StageTable stages, Action<PipelineBusBuilder> pipeline)
    {
        services.TryAddSingleton(stages);
        services.AddSingleton<RunCancellation>();
        services.AddSingleton<EventAdmission>();
        services.AddSingleton<DeliveryGuard>();
        services.AddSingleton<RunReportWriter>();
        services.AddSingleton<RunRequests>();
        services.AddTransient<CancelConsumer>();
        services.AddTransient<RunTracker>();
        services.AddTransient<ProgressConsumer>();
        services.AddSingleton(provider => new Lazy<IBus>(provider.GetRequiredService<IBus>));
        services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = true;
            options.StopTimeout = StopTimeout;
            options.ConsumerStopTimeout = StopTimeout / 2;
        });
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout * 1.5);
        var endpoints = new PipelineBusBuilder(services, stages);
        pipeline(endpoints);
        return endpoints;
    }
}
