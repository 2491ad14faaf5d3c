using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Messaging.Consumers;
using QatPipeline.Messaging.Submission;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Storage;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Messaging.Embedded;

/// <summary>
/// The whole pipeline in one process: the services' own consumers on an in-memory bus, a folder as blob store. What it leaves in the
/// folder is what the services leave in blob storage, digest by digest.
/// </summary>
public static class EmbeddedPipeline
{
    /// <summary>Runs the specification to its end and tells how it went.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the same call resumes from the last checkpoint.</exception>
    public static async Task<EmbeddedRun> RunAsync(
        RunSpecification specification,
        string storeFolder,
        IEnumerable<IStage> stages,
        EmbeddedOptions options,
        IProgress<StageStatus>? progress,
        CancellationToken cancellationToken)
    {
        var runId = options.RunId ?? RunId.Create(specification.Name, TimeProvider.System);
        var watcher = new EmbeddedWatcher(options.Stages, options.LastStage, progress);
        using var host = BuildHost(storeFolder, [.. stages], options, watcher);
        using var activity = PipelineTelemetry.Source.StartActivity($"run {specification.Name}");
        activity?.SetTag("qat.run", runId);
        await host.StartAsync(cancellationToken);
        try
        {
            var request = new PipelineRequested(runId, specification, []);
            if (!await host.Services.GetRequiredService<RunRepair>().PrepareAsync(runId, specification, cancellationToken)
                && await host.Services.GetRequiredService<RunFolder>().ReadCompletionAsync(runId, cancellationToken) is { } completion)
            {
                return await ConcludeAsync(host.Services, request, completion.Event, cancellationToken);
            }

            await host.Services.GetRequiredService<RunStatusStore>().ApplyAsync(request, cancellationToken);
            await host.Services.GetRequiredService<IBus>().SubmitAsync(request, cancellationToken);
            var end = await watcher.End.WaitAsync(cancellationToken);
            activity?.SetStatus(end is StageFailed ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
            return await ConcludeAsync(host.Services, request, end, cancellationToken);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static IHost BuildHost(
        string storeFolder, IReadOnlyList<IStage> stages, EmbeddedOptions options, EmbeddedWatcher watcher)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(options.LoggerFactory ?? NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IBlobStore>(
            provider => new FolderBlobStore(storeFolder, provider.GetRequiredService<ILogger<FolderBlobStore>>()));
        builder.Services.AddSingleton(options.Stages);
        builder.Services.AddPipelineExecution();
        if (options.Report is { } report)
        {
            builder.Services.AddSingleton(report);
        }

        builder.Services.AddInMemoryPipelineBus(options.Stages, bus =>
        {
            foreach (var stage in stages)
            {
                bus.AddStage(stage);
            }

            bus.AddRunTracking();
            bus.AddEndpoint((endpoints, _) => endpoints.ReceiveEndpoint("qat-embedded", endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.Events(options.Stages.Events, () => watcher);
                endpoint.Consumer(() => watcher);
            }));
        });
        return builder.Build();
    }

    // The tracking consumer may not have come to the last event yet.
    private static async Task<EmbeddedRun> ConcludeAsync(
        IServiceProvider services, PipelineRequested request, object end, CancellationToken cancellationToken)
    {
        var runs = services.GetRequiredService<RunStatusStore>();
        await (end switch
        {
            PipelineCompleted completed => runs.ApplyAsync(completed, cancellationToken),
            StageFailed failed => runs.ApplyAsync(failed, cancellationToken),
            IPipelineEvent => Task.CompletedTask,
            _ => throw new UnreachableException(),
        });
        var stages = await services.GetRequiredService<RunFolder>()
            .ReadStagesAsync(request.RunId, request.Specification, cancellationToken);
        var status = await runs.ReadAsync(request.RunId, cancellationToken);
        var artifacts = end switch
        {
            PipelineCompleted completed => completed.Artifacts,
            StageFailed => [],
            IPipelineEvent last => last.Artifacts,
            _ => throw new UnreachableException(),
        };
        return new EmbeddedRun(request.RunId, stages, artifacts, status?.Failure);
    }
}
