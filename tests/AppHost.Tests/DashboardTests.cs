using Microsoft.Playwright;
using QatPipeline.BrowserSupport;
using QatPipeline.Pipeline.Execution;

namespace QatPipeline.AppHost.Tests;

/// <summary>What a person sees of the system; the pictures are kept in <c>TestResults/dashboard</c>.</summary>
[Collection(RunningSystemTests.Name)]
public sealed class DashboardTests(RunningSystem system)
{
    private static readonly string[] Services =
    [
        "rabbitmq", "storage", "dataset-loading", "ptq-calibration", "qat-training", "onnx-graph-optimization", "trt-engine-building",
        "coco-evaluation", "gateway",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dashboard_ShowsTheResourcesRunning_AndTheTraceOfARun()
    {
        Assert.SkipUnless(HostProcess.IsAvailable, HostProcess.SkipReason);
        Assert.SkipUnless(Browser.IsAvailable, Browser.SkipReason);
        await using var browser = await Browser.OpenAsync();
        await browser.Page.GotoAsync(new Uri(system.Host.Dashboard, $"/login?t={system.Host.BrowserToken}").ToString());
        foreach (var service in Services)
        {
            await Row(browser, service, "Running").WaitForAsync();
        }

        await browser.ScreenshotAsync("dashboard/resources");

        const string RunId = "dashboard-1";
        await using var client = await PipelineClient.ConnectAsync(system.Host.Broker, Token);
        await client.RequestAsync(TinyRun.Trigger(RunId), Token);
        await client.WaitForCompletionAsync(RunId, Token);
        var traceId = await system.Host.TraceIdOfAsync(RunId, Token);
        await browser.Page.GotoAsync(new Uri(system.Host.Dashboard, $"/traces/detail/{traceId}").ToString());
        foreach (var stage in RunPlan.Stages(TinyRun.Specification))
        {
            await browser.Page.GetByText($"stage {stage}").First.WaitForAsync();
        }

        await browser.ScreenshotAsync("dashboard/trace");
    }

    private static ILocator Row(Browser browser, params string[] texts) => texts.Aggregate(
        browser.Page.GetByRole(AriaRole.Row), (rows, text) => rows.Filter(new LocatorFilterOptions { HasText = text })).First;
}
