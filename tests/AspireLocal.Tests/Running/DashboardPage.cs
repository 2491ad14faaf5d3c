using Microsoft.Playwright;

namespace QatPipeline.AspireLocal.Tests.Running;

/// <summary>The dashboard as a person sees it, in the system's Chromium.</summary>
internal sealed class DashboardPage(IBrowser browser, IPage page, string screenshots) : IAsyncDisposable
{
    public const string Chromium = "/usr/bin/chromium";

    private const float Limit = 60_000;

    public static async Task<DashboardPage> OpenAsync(IPlaywright playwright, string loginUrl)
    {
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"], Timeout = Limit });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1500, Height = 900 } });
        page.SetDefaultTimeout(Limit);
        page.SetDefaultNavigationTimeout(Limit);
        await page.GotoAsync(loginUrl);
        return new DashboardPage(browser, page, Directory.CreateDirectory(Path.Combine(TestData.RepositoryRoot, "TestResults", "dashboard")).FullName);
    }

    /// <summary>The texts of the resources page's rows, when one of them is there for each of the resources.</summary>
    public async Task<IReadOnlyList<string>> ResourceRowsAsync(params string[] resources)
    {
        foreach (var resource in resources)
        {
            await page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = resource }).First.WaitForAsync();
        }

        await ScreenshotAsync("resources");
        return await page.GetByRole(AriaRole.Row).AllInnerTextsAsync();
    }

    /// <summary>Waits for a row of the traces page that holds a text.</summary>
    public async Task WaitForTraceAsync(string dashboardUrl, string text)
    {
        await page.GotoAsync($"{dashboardUrl}/traces");
        await page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = text }).First.WaitForAsync();
        await ScreenshotAsync("traces");
    }

    /// <summary>Waits for a line of a resource's console.</summary>
    public async Task WaitForConsoleLineAsync(string dashboardUrl, string resource, string text)
    {
        await page.GotoAsync($"{dashboardUrl}/consolelogs/resource/{resource}");
        await page.GetByText(text).First.WaitForAsync();
        await ScreenshotAsync("console");
    }

    public async ValueTask DisposeAsync() => await browser.DisposeAsync();

    private Task<byte[]> ScreenshotAsync(string name) =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(screenshots, $"{name}.png") });
}
