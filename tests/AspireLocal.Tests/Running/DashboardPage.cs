using Microsoft.Playwright;
using QatPipeline.BrowserSupport;

namespace QatPipeline.AspireLocal.Tests.Running;

/// <summary>The dashboard as a person sees it.</summary>
internal sealed class DashboardPage(Browser browser) : IAsyncDisposable
{
    public static async Task<DashboardPage> OpenAsync(string loginUrl)
    {
        var browser = await Browser.OpenAsync(1500, 900);
        await browser.Page.GotoAsync(loginUrl);
        return new DashboardPage(browser);
    }

    /// <summary>The texts of the resources page's rows, when one of them is there for each of the resources.</summary>
    public async Task<IReadOnlyList<string>> ResourceRowsAsync(params string[] resources)
    {
        foreach (var resource in resources)
        {
            await Row(resource).WaitForAsync();
        }

        await browser.ScreenshotAsync("aspire-local/resources");
        return await browser.Page.GetByRole(AriaRole.Row).AllInnerTextsAsync();
    }

    /// <summary>Waits for a row of the traces page that holds a text.</summary>
    public async Task WaitForTraceAsync(string dashboardUrl, string text)
    {
        await browser.Page.GotoAsync($"{dashboardUrl}/traces");
        await Row(text).WaitForAsync();
        await browser.ScreenshotAsync("aspire-local/traces");
    }

    /// <summary>Waits for a line of a resource's console.</summary>
    public async Task WaitForConsoleLineAsync(string dashboardUrl, string resource, string text)
    {
        await browser.Page.GotoAsync($"{dashboardUrl}/consolelogs/resource/{resource}");
        await browser.Page.GetByText(text).First.WaitForAsync();
        await browser.ScreenshotAsync("aspire-local/console");
    }

    public ValueTask DisposeAsync() => browser.DisposeAsync();

    private ILocator Row(string text) => browser.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = text }).First;
}
