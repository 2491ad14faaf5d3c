using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QatPipeline.AspireLocal.Dashboard;
using QatPipeline.AspireLocal.Dcp;

namespace QatPipeline.AspireLocal.Running;

/// <summary>
/// Runs the application: orchestrator, ports, dashboard, then every resource when it may; and stops them in the opposite order.
/// </summary>
internal sealed partial class ApplicationRunner(
    AspireTools tools,
    ResourceStates states,
    DashboardOptions dashboardOptions,
    IServiceProvider services,
    ILogger<ApplicationRunner> logger) : IHostedService, IDisposable
{
    private static readonly string[] ObjectKinds = ["executables", "containers"];

    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _work = [];
    private DcpProcess? _orchestrator;
    private ResourceLifecycle? _lifecycle;
    private DashboardHost? _dashboard;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        tools.Require();
        _orchestrator = await DcpProcess.StartAsync(tools, cancellationToken);
        var client = _orchestrator.Client;
        _lifecycle = new ResourceLifecycle(client, ActivatorUtilities.CreateInstance<ProcessLauncher>(services, client), states, logger);
        await new EndpointAllocator(client)
            .AllocateAsync(states.Instances.Select(instance => instance.Resource).Distinct(), cancellationToken);

        _dashboard = new DashboardHost(client, tools, dashboardOptions, new ResourceCommands(_lifecycle, states, services, logger), states);
        await _dashboard.StartAsync(cancellationToken);

        foreach (var kind in ObjectKinds)
        {
            Begin(_lifecycle.FollowAsync(kind, _ending.Token));
        }

        foreach (var instance in states.Instances)
        {
            Begin(_lifecycle.StartAsync(instance, _ending.Token));
            Begin(ActivatorUtilities.CreateInstance<HealthMonitor>(services).WatchAsync(instance, _ending.Token));
        }

        await _dashboard.WaitUntilReadyAsync(cancellationToken);
        LogDashboard(dashboardOptions.LoginUrl);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        if (_orchestrator is null || _lifecycle is null)
        {
            return;
        }

        // The watches that tell of the processes' ends were cancelled with everything else.
        using var following = new CancellationTokenSource();
        var follow = ObjectKinds.Select(kind => _lifecycle.FollowAsync(kind, following.Token)).ToList();
        var stops = new Dictionary<ResourceInstance, Task>();
        await Task.WhenAll(states.Instances.Select(instance => StopAfterDependentsAsync(instance, stops, cancellationToken)));

        // The dashboard last: a service that still exports to it would retry for many seconds before it ends.
        await _dashboard!.StopAsync(cancellationToken);
        await following.CancelAsync();
        await _orchestrator.StopAsync(cancellationToken);
        await Task.WhenAll(
            follow
                .Concat(_work)
                .Select(task => task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
    }

    public void Dispose()
    {
        _ending.Dispose();
        _orchestrator?.Dispose();
    }

    /// <summary>
    /// Remembers a task, and ends the application should it fail: nothing that runs beside the application may vanish silently.
    /// </summary>
    private void Begin(Task task) => _work.Add(WatchOverAsync(task));

    private async Task WatchOverAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The application ends.
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or DcpException)
        {
            if (!_ending.IsCancellationRequested)
            {
                LogOrchestratorLost(problem);
                services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            }
        }
    }

    private Task StopAfterDependentsAsync(
        ResourceInstance instance, Dictionary<ResourceInstance, Task> stops, CancellationToken cancellationToken)
    {
        if (!stops.TryGetValue(instance, out var stop))
        {
            stop = DependentsThenSelfAsync();
            stops[instance] = stop;
        }

        return stop;

        async Task DependentsThenSelfAsync()
        {
            await Task.WhenAll(states.Instances
                .Where(other => other.Resource.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == instance.Resource))
                .Select(dependent => StopAfterDependentsAsync(dependent, stops, cancellationToken)));
            await _lifecycle!.StopAsync(instance, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Login to the dashboard at {Url}")]
    private partial void LogDashboard(string url);

    [LoggerMessage(LogLevel.Error, "The orchestrator is gone; the application ends")]
    private partial void LogOrchestratorLost(Exception problem);
}
