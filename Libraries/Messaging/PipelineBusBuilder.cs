using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Consumers;
using QatPipeline.Messaging.Delivery;
using QatPipeline.Messaging.Submission;
using QatPipeline.Messaging.Workers;
using QatPipeline.Runs;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Messaging;

/// <summary>What a process does on the bus: which stages it executes, whether it keeps the runs' state.</summary>
public sealed class PipelineBusBuilder
{
    private readonly IServiceCollection _services;
    private readonly List<Action<IBusFactoryConfigurator, IServiceProvider>> _endpoints = [];
    private bool _routesFirst;

    internal PipelineBusBuilder(IServiceCollection services, StageTable stages)
    {
        (_services, Stages) = (services, stages);
        services.AddSingleton<EventRouter>();
        AddEndpoint((bus, provider) => AddEvents(
            bus, EventRouter.Queue, stages.Events, isSentTo: false, provider.GetRequiredService<EventRouter>, isFirst: _routesFirst));
    }

    internal StageTable Stages { get; }

    /// <summary>Executes the stage in this process.</summary>
    public PipelineBusBuilder AddStage<TStage>()
        where TStage : class, IStage
    {
        _services.AddSingleton<TStage>();
        return AddStage(provider => provider.GetRequiredService<TStage>());
    }

    /// <summary>Executes the stage in this process.</summary>
    public PipelineBusBuilder AddStage(IStage stage) => AddStage(_ => stage);

    /// <summary>Keeps the state of all runs, writes their reports and completes them.</summary>
    public PipelineBusBuilder AddRunTracking()
    {
        // It sees every event anyway. A process that routes its first event compiles what that takes, while the run waits.
        _routesFirst = true;
        _endpoints.Add((bus, provider) => bus.ReceiveEndpoint(RunTracker.Queue, endpoint =>
        {
            endpoint.UseStagePolicy();
            endpoint.Events(Stages.Events, provider.GetRequiredService<RunTracker>);
            endpoint.Consumer(() => provider.GetRequiredService<RunTracker>());
        }));
        _endpoints.Add((bus, provider) => bus.ReceiveEndpoint(ProgressConsumer.Queue, endpoint =>
        {
            endpoint.UseLossyPolicy();
            endpoint.Consumer(() => provider.GetRequiredService<ProgressConsumer>());
        }));
        var report = Stages[StageNames.Report];
        _services.AddSingleton<ReportWorker>();
        return AddEndpoint((bus, provider) => AddEvents(
            bus, report.Queue, Stages.EventsBefore(report), isSentTo: true, provider.GetRequiredService<ReportWorker>));
    }

    /// <summary>Watches who is there to execute the stages, and counts the process as unhealthy where nobody is.</summary>
    public PipelineBusBuilder AddWorkerWatch()
    {
        _services.AddSingleton<StageWorkers>();
        _services.AddHostedService(provider => provider.GetRequiredService<StageWorkers>());
        _services.AddHealthChecks().AddCheck<StageWorkersHealthCheck>("workers");
        return this;
    }

    /// <summary>Takes runs as plain JSON from <see cref="PipelineTopology.TriggerExchange"/>.</summary>
    public PipelineBusBuilder AddTrigger() => AddEndpoint((bus, provider) =>
        bus.ReceiveEndpoint(PipelineTopology.TriggerExchange, endpoint =>
        {
            endpoint.UseStagePolicy();
            endpoint.ConfigureConsumeTopology = false;
            endpoint.ConfigureReceive(receive => receive.UseFilter(ActivatorUtilities.CreateInstance<TriggerFilter>(provider)));
        }));

    internal PipelineBusBuilder AddEndpoint(Action<IBusFactoryConfigurator, IServiceProvider> endpoint)
    {
        _endpoints.Add(endpoint);
        return this;
    }

    internal void ConfigureEndpoints(IBusFactoryConfigurator bus, IServiceProvider provider)
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint(bus, provider);
        }

        bus.ReceiveEndpoint(new TemporaryEndpointDefinition("qat-cancel"), DefaultEndpointNameFormatter.Instance, endpoint =>
            endpoint.Consumer(() => provider.GetRequiredService<CancelConsumer>()));
    }

    private PipelineBusBuilder AddStage(Func<IServiceProvider, IStage> stage) => AddEndpoint((bus, provider) =>
    {
        var instance = stage(provider);
        var row = Stages[instance.Name];
        AddEvents(
            bus,
            row.Queue,
            Stages.EventsBefore(row),
            isSentTo: true,
            () => ActivatorUtilities.CreateInstance<StageWorker>(provider, instance));
    });

    // What is sent to a stage by the router must not come a second time from the events' exchanges.
    private static void AddEvents(
        IBusFactoryConfigurator bus,
        string queue,
        IReadOnlyList<Type> events,
        bool isSentTo,
        Func<IEventHandler> handler,
        bool isFirst = false)
    {
        // Made when the first message comes: it needs the bus, which is just being made.
        var made = new Lazy<IEventHandler>(handler);
        bus.ReceiveEndpoint(queue, endpoint =>
        {
            endpoint.UseStagePolicy();
            endpoint.ConfigureConsumeTopology = !isSentTo;
            if (isFirst && endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            {
                // The broker gives the others what this process has no room for: https://www.rabbitmq.com/docs/consumer-priority
                rabbit.ConsumerPriority = 1;
            }

            endpoint.Events(events, () => made.Value);
        });
    }
}
