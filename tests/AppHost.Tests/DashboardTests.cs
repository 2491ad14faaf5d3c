using Microsoft.Playwright;
using QatPipeline.BrowserSupport;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs;
using QatPipeline.Runs.Execution;
using QatPipeline.SystemSupport;

namespace QatPipeline.AppHost.Tests;

/// <summary>What a person sees of the system; the pictures are kept in <c>TestResults/dashboard</c>.</summary>
[Collection(RunningSystemTests.Name)]
public sealed class DashboardTests(RunningSystem system)
{
    private const string Demo = "Run the demo";

    private static readonly string[] Services =
    [
        "messaging", "blobs", "dataset-loading", "ptq-calibration", "qat-training", "onnx-graph-optimization", "trt-engine-building",
        "coco-evaluation", "gateway",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dashboard_ShowsTheResourcesRunning_AndTheTraceOfARun()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        Assert.SkipUnless(Browser.IsAvailable, Browser.SkipReason);
        await using var browser = await OpenAsync();
        foreach (var service in Services)
        {
            await Row(browser, service, "Running").WaitForAsync();
        }

        await browser.ScreenshotAsync("dashboard/resources");

        const string RunId = "dashboard-1";
        await using var client = await PipelineClient.ConnectAsync(system.Broker, Token);
        await client.RequestAsync(TinyRun.Trigger(RunId), Token);
        await client.WaitForCompletionAsync(RunId, Token);
        var traceId = await system.Host.TraceIdOfAsync(RunId, Token);
        await browser.Page.GotoAsync(new Uri(system.Host.Dashboard, $"/traces/detail/{traceId}").ToString());
        await browser.Page.GetByText("stage ").First.WaitForAsync();
        await browser.ScreenshotAsync("dashboard/trace");
        // Rows outside the window are not drawn: only the filtered trace shows all stages at once.
        await browser.Page.GetByPlaceholder("Filter...").Last.FillAsync("stage ");
        await browser.Page.GetByText("announce").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        foreach (var stage in StageTable.Standard.StagesOf(TinyRun.Specification).Where(name => name != StageNames.Report))
        {
            await browser.Page.GetByText($"stage {stage}").First.WaitForAsync();
        }

        await browser.ScreenshotAsync("dashboard/stages");
    }

    [Fact]
    public async Task Command_StartsTheDemo()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        Assert.SkipUnless(Browser.IsAvailable, Browser.SkipReason);
        await using var browser = await OpenAsync();
        await Row(browser, "gateway", "Running").GetByTitle("Submits samples/demo/run.yaml").ClickAsync();
        // The dialog's buttons are elements of the dashboard's own, without a role of the page.
        var confirm = browser.Page.Locator("fluent-dialog fluent-button").Filter(new LocatorFilterOptions { HasText = Demo });
        await confirm.WaitForAsync();
        await browser.ScreenshotAsync("dashboard/arguments");
        await confirm.ClickAsync();
        await browser.Page.GetByText($"\"{Demo}\" succeeded").First.WaitForAsync();
        await browser.ScreenshotAsync("dashboard/command");
        var run = await system.Host.WaitForRunAsync("demo", Token);
        await system.Host.CancelAsync(run, Token);
    }

    private async Task<Browser> OpenAsync()
    {
        var browser = await Browser.OpenAsync();
        await browser.Page.GotoAsync(system.Host.DashboardLogin.ToString());
        return browser;
    }

    private static ILocator Row(Browser browser, params string[] texts) => texts.Aggregate(
        browser.Page.GetByRole(AriaRole.Row), (rows, text) => rows.Filter(new LocatorFilterOptions { HasText = text })).First;
}
