using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using QatPipeline.ServiceDefaults.Backends;

namespace QatPipeline.ServiceDefaults.Tests.Backends;

public sealed class ModelBackendTests
{
    [Fact]
    public async Task Backend_ThatLoads_IsLoadedOnceAndHealthy()
    {
        var loads = 0;
        var health = Checks(() => $"version {++loads}");

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(health)).Status);
        Assert.Equal("version 1", (await CheckAsync(health)).Description);
    }

    [Fact]
    public async Task Backend_ThatDoesNotLoad_IsUnhealthyWithTheReason()
    {
        var entry = await CheckAsync(Checks(() => throw new DllNotFoundException("libtorch.so")));

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("libtorch.so", entry.Exception!.Message, StringComparison.Ordinal);
    }

    private static HealthCheckService Checks(Func<string> load)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.AddModelBackend("backend", load);
        return builder.Build().Services.GetRequiredService<HealthCheckService>();
    }

    private static async Task<HealthReportEntry> CheckAsync(HealthCheckService health) =>
        (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["backend"];
}
