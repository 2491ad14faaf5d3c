using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;
using QatPipeline.ServiceDefaults.Runs;

namespace QatPipeline.ServiceDefaults.Messaging;

/// <summary>What a process does on the bus: which stages it executes, whether it keeps the runs' state.</summary>
public sealed class PipelineBusBuilder(IServiceCollection services)
{
    private readonly List<Action<IBusFactoryConfigurator, IServiceProvider>> endpoints = [];

    /// <summary>Executes the stage in this process.</summary>
    public PipelineBusBuilder AddStage<TStage>()
        where TStage : class, IStage
    {
        services.AddSingleton<TStage>();
        return AddStage(provider => provider.GetRequiredService<TStage>());
    }

    /// <summary>Executes the stage in this process.</summary>
    public PipelineBusBuilder AddStage(IStage stage) => AddStage(_ => stage);

    /// <summary>Keeps the state of all runs, writes their reports and completes them.</summary>
    public PipelineBusBuilder AddRunTracking()
    {
        endpoints.Add((bus, provider) => bus.ReceiveEndpoint(RunTrackingConsumer.Queue, endpoint =>
        {
            endpoint.UseStagePolicy();
            endpoint.Consumer(() => provider.GetRequiredService<RunTrackingConsumer>());
        }));
        endpoints.Add((bus, provider) => bus.ReceiveEndpoint(ProgressConsumer.Queue, endpoint =>
        {
            endpoint.UseLossyPolicy();
            endpoint.Consumer(() => provider.GetRequiredService<ProgressConsumer>());
        }));
        endpoints.Add((bus, provider) => bus.ReceiveEndpoint(StageRoutes.Queue(StageNames.Report), endpoint =>
        {
            endpoint.UseStagePolicy();
            endpoint.Consumer(() => provider.GetRequiredService<ReportConsumer>());
        }));
        return this;
    }

    /// <summary>Takes runs as plain JSON from <see cref="PipelineTopology.TriggerExchange"/>.</summary>
    public PipelineBusBuilder AddTrigger()
    {
        endpoints.Add((bus, provider) => bus.ReceiveEndpoint(PipelineTopology.TriggerExchange, endpoint =>
        {
            endpoint.UseStagePolicy();
            endpoint.ConfigureConsumeTopology = false;
            endpoint.ConfigureReceive(receive => receive.UseFilter(ActivatorUtilities.CreateInstance<TriggerFilter>(provider)));
        }));
        return this;
    }

    internal PipelineBusBuilder AddEndpoint(Action<IBusFactoryConfigurator, IServiceProvider> endpoint)
    {
        endpoints.Add(endpoint);
        return this;
    }

    internal void ConfigureEndpoints(IBusFactoryConfigurator bus, IServiceProvider provider)
    {
        foreach (var endpoint in endpoints)
        {
            endpoint(bus, provider);
        }

        bus.ReceiveEndpoint(new TemporaryEndpointDefinition("qat-cancel"), DefaultEndpointNameFormatter.Instance, endpoint =>
            endpoint.Consumer(() => provider.GetRequiredService<CancelConsumer>()));
    }

    private PipelineBusBuilder AddStage(Func<IServiceProvider, IStage> stage)
    {
        endpoints.Add((bus, provider) =>
        {
            var instance = stage(provider);

            // Made when the first message comes: it needs the bus, which is just being made.
            var worker = new Lazy<StageWorker>(() => ActivatorUtilities.CreateInstance<StageWorker>(provider, instance));
            bus.ReceiveEndpoint(StageRoutes.Queue(instance.Name), endpoint =>
            {
                endpoint.UseStagePolicy();
                foreach (var eventType in StageRoutes.EventsBefore(instance.Name))
                {
                    var consumer = typeof(StageConsumer<>).MakeGenericType(eventType);
                    endpoint.Consumer(consumer, _ => Activator.CreateInstance(consumer, worker.Value)!);
                }
            });
        });
        return this;
    }
}
