using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using QatPipeline.AspireLocal.Dashboard;
using QatPipeline.AspireLocal.Dashboard.Protocol;
using QatPipeline.AspireLocal.Running;
using QatPipeline.BrowserSupport;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.AspireLocal.Tests.Running;

/// <summary>The real orchestrator, the real dashboard and real services.</summary>
public sealed class ApplicationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Application_StartsReportsStartsAgainAndLeavesNothing()
    {
        Assert.SkipUnless(InstalledTools.HasAspire, "needs Aspire's orchestrator and dashboard: ./qat setup");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var builder = DistributedApplication.CreateBuilder(
        [
            $"--ASPIRE_DCP_PATH={Path.Combine(InstalledTools.Aspire, "dcp")}",
            $"--ASPIRE_DASHBOARD_PATH={Path.Combine(InstalledTools.Aspire, "managed", "aspire-managed")}",
        ]);
        var readyCalls = 0;
        var project = Path.Combine(TestData.RepositoryRoot, "tests", "AspireLocal.Tests", "Fixture", "Fixture.csproj");
        var back = builder.AddProject("back", project).WithHttpEndpoint().WithHttpHealthCheck("/health");
        var front = builder.AddProject("front", project).WithHttpEndpoint().WithHttpHealthCheck("/health")
            .WithReference(back).WaitFor(back)
            .WithCommand("greet", "Greet", _ => Task.FromResult(CommandResults.Failure("nobody there")))
            .OnResourceReady((_, _, _) => Task.FromResult(Interlocked.Increment(ref readyCalls)));
        await using var application = builder.Build();
        await application.StartAsync(limit.Token);
        var states = application.Services.GetRequiredService<ResourceStates>();
        await states.WaitAsync(() => states.Instances.All(instance => instance.Snapshot.IsReady), limit.Token);
        var processes = states.Instances.Select(instance => instance.Snapshot.ProcessId!.Value).ToList();

        await CheckServicesAsync(front, back, limit.Token);
        await CheckDashboardAsync(application, states, limit.Token);
        await LookAtDashboardAsync(application);
        await StartAgainAfterAKillAsync(application, states, back, limit.Token);
        processes.AddRange(states.Instances.Select(instance => instance.Snapshot.ProcessId!.Value));

        await application.StopAsync(limit.Token);

        Assert.Equal(1, readyCalls);
        Assert.All(states.Instances, instance => Assert.True(instance.Snapshot.HasEnded, $"{instance.Name} is {instance.Snapshot.State}"));
        Assert.All(processes, id => Assert.False(IsAlive(id), $"process {id} is still there"));
    }

    private static async Task CheckServicesAsync(
        IResourceBuilder<ProjectResource> front, IResourceBuilder<ProjectResource> back, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri(front.GetEndpoint("http").Url) };
        Assert.Equal(back.GetEndpoint("http").Url, await http.GetStringAsync("/variables/services__back__http__0", cancellationToken));
        Assert.Equal("front", await http.GetStringAsync("/variables/OTEL_SERVICE_NAME", cancellationToken));
    }

    private static async Task CheckDashboardAsync(
        DistributedApplication application, ResourceStates states, CancellationToken cancellationToken)
    {
        var options = application.Services.GetRequiredService<DashboardOptions>();
        using var http = new HttpClient { BaseAddress = new Uri(options.FrontendUrl) };
        http.DefaultRequestHeaders.Add("x-api-key", options.ApiKey);

        // The services export once a second; the health checks' requests are the spans.
        JsonArray? spans;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            var answer = await http.GetFromJsonAsync<JsonNode>("/api/telemetry/spans", cancellationToken);
            spans = answer?["data"]?["resourceSpans"]?.AsArray();
        }
        while (spans is null or { Count: < 2 });

        var ids = spans.Select(span => span!["resource"]!["attributes"]!.AsArray()
            .Single(attribute => attribute!["key"]!.GetValue<string>() == "service.instance.id")!["value"]!["stringValue"]!
            .GetValue<string>());
        Assert.Equal(states.Instances.Select(instance => instance.Suffix).Order(), ids.Distinct().Order());
    }

    private static async Task LookAtDashboardAsync(DistributedApplication application)
    {
        if (!Browser.IsAvailable)
        {
            TestContext.Current.AddWarning($"The dashboard was not looked at: {Browser.SkipReason}");
            return;
        }

        var options = application.Services.GetRequiredService<DashboardOptions>();
        await using var dashboard = await DashboardPage.OpenAsync(options.LoginUrl);

        var rows = await dashboard.ResourceRowsAsync("back", "front");
        Assert.All(["back", "front"], name => Assert.Contains(rows, row =>
            row.Contains(name, StringComparison.Ordinal) && row.Contains("Running", StringComparison.Ordinal)));
        await dashboard.WaitForTraceAsync(options.FrontendUrl, "GET /health");
        await dashboard.WaitForConsoleLineAsync(options.FrontendUrl, "front", "Now listening on");
    }

    private static async Task StartAgainAfterAKillAsync(
        DistributedApplication application,
        ResourceStates states,
        IResourceBuilder<ProjectResource> back,
        CancellationToken cancellationToken)
    {
        var instance = states.Of(back.Resource).Single();
        using (var process = Process.GetProcessById(instance.Snapshot.ProcessId!.Value))
        {
            process.Kill();
        }

        await states.WaitAsync(() => instance.Snapshot.HasEnded, cancellationToken);
        Assert.Equal(KnownStates.Exited, instance.Snapshot.State);

        var options = application.Services.GetRequiredService<DashboardOptions>();
        using var channel = GrpcChannel.ForAddress(options.ResourceServiceUrl.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
        var service = new DashboardService.DashboardServiceClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => CommandAsync(service, instance.Name, "start", "wrong", cancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);

        var started = await CommandAsync(service, instance.Name, "start", options.ResourceServiceKey, cancellationToken);
        Assert.Equal(ResourceCommandResponseKind.Succeeded, started.Kind);
        await states.WaitAsync(() => instance.Snapshot.IsReady, cancellationToken);

        var front = states.Instances.Single(item => item != instance);
        var greeted = await CommandAsync(service, front.Name, "greet", options.ResourceServiceKey, cancellationToken);
        Assert.Equal((ResourceCommandResponseKind.Failed, "nobody there"), (greeted.Kind, greeted.Message));
    }

    private static async Task<ResourceCommandResponse> CommandAsync(
        DashboardService.DashboardServiceClient service,
        string resource,
        string command,
        string key,
        CancellationToken cancellationToken) =>
        await service.ExecuteResourceCommandAsync(
            new ResourceCommandRequest { ResourceName = resource, CommandName = command },
            new Metadata { { "x-resource-service-api-key", key } },
            cancellationToken: cancellationToken);

    /// <summary>Whether a process runs. One that has ended and that nobody has waited for (a zombie, state Z) does not.</summary>
    private static bool IsAlive(int id)
    {
        var status = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat");
        return File.Exists(status) && File.ReadAllText(status).Split(") ")[^1][0] is not 'Z';
    }
}
