using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using QatPipeline.Foundation.Natives;
using QatPipeline.ServiceDefaults.Natives;

namespace QatPipeline.ServiceDefaults.Tests.Natives;

public sealed class NativesTests
{
    [Fact]
    public async Task Component_ThatLoads_IsLoadedOnceAndHealthy()
    {
        var loads = 0;
        using var host = Host(() => $"version {++loads}");

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
        Assert.Equal("version 1", (await CheckAsync(host)).Description);
    }

    [Fact]
    public async Task Component_ThatDoesNotLoad_IsUnhealthyWithTheReason()
    {
        using var host = Host(() => throw new NativeLibraryException("libtorch.so needs libgomp.so.1."));

        var entry = await CheckAsync(host);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("component cannot be used on this machine: libtorch.so needs libgomp.so.1.", entry.Description);
    }

    [Fact]
    public async Task Start_LoadsTheComponent()
    {
        var loaded = new TaskCompletionSource();
        using var host = Host(() =>
        {
            loaded.SetResult();
            return "1";
        });

        await host.StartAsync(TestContext.Current.CancellationToken);

        await loaded.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Host(Func<string> load)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.AddNatives(new NativeComponent("component", load));
        return builder.Build();
    }

    private static async Task<HealthReportEntry> CheckAsync(IHost host)
    {
        var health = host.Services.GetRequiredService<HealthCheckService>();
        return (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["component"];
    }
}
