using System.Net.Http.Json;
using System.Text.Json;
using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>What the gateway tells of runs.</summary>
internal static class GatewayExtensions
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The id of a run's trace.</summary>
    public static async Task<string> TraceIdOfAsync(this AspireSystem system, string runId, CancellationToken cancellationToken)
    {
        using var gateway = system.CreateGatewayClient();
        var status = await gateway.GetFromJsonAsync<JsonElement>($"/runs/{runId}", cancellationToken);
        return status.GetProperty("traceId").GetString()!;
    }

    /// <summary>Waits for a run of that name; returns its id.</summary>
    public static async Task<string> WaitForRunAsync(this AspireSystem system, string name, CancellationToken cancellationToken)
    {
        using var gateway = system.CreateGatewayClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            var runs = await gateway.GetFromJsonAsync<JsonElement>("/runs", limit.Token);
            var found = runs.EnumerateArray().FirstOrDefault(run => run.GetProperty("name").GetString() == name);
            if (found.ValueKind == JsonValueKind.Object)
            {
                return found.GetProperty("runId").GetString()!;
            }

            await Task.Delay(TimeSpan.FromSeconds(0.5), limit.Token);
        }
    }

    public static async Task CancelAsync(this AspireSystem system, string runId, CancellationToken cancellationToken)
    {
        using var gateway = system.CreateGatewayClient();
        using var answer = await gateway.DeleteAsync(new Uri($"/runs/{runId}", UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The spans of a completed run, as the dashboard has them.</summary>
    public static async Task<IReadOnlyList<Span>> ReadTraceAsync(
        this AspireSystem system, string runId, CancellationToken cancellationToken)
    {
        using var telemetry = system.OpenTelemetry();
        return await telemetry.WaitForTraceAsync(
            await system.TraceIdOfAsync(runId, cancellationToken), "QatPipeline.Contracts.V1:PipelineCompleted send", cancellationToken);
    }
}
