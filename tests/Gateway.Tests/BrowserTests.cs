using System.Text.Json.Nodes;
using Microsoft.Playwright;
using QatPipeline.BrowserSupport;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Gateway.Tests;

/// <summary>
/// The web page in a real browser, at the width of a desk and of a hand, light and dark. The pictures are in TestResults/gateway.
/// </summary>
[Trait("Category", "Slow")]
public sealed class BrowserTests(FinishedRunsFixture fixture) : IClassFixture<FinishedRunsFixture>, IAsyncLifetime
{
    private readonly List<string> _complaints = [];
    private Browser _browser = null!;

    private IPage Page => _browser.Page;

    public async ValueTask InitializeAsync()
    {
        if (fixture.SkipReason is null)
        {
            _browser = await Browser.OpenAsync();
            Page.Console += (_, message) =>
            {
                if (message.Type is "error" or "warning")
                {
                    _complaints.Add(message.Text);
                }
            };
            Page.PageError += (_, error) => _complaints.Add(error);
            await OpenAsync($"/login?t={GatewayFixture.Key}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [Fact]
    public async Task Pages_FitTheirWidth()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        var runs = await RunsAsync();
        (string Name, string Path)[] pages =
        [
            ("runs", "/"), ("run", $"/view/{runs[0]}"), ("compare", $"/compare?run={runs[1]}&run={runs[0]}"), ("submit", "/submit"),
            ("report", $"/runs/{runs[0]}/files/report.html"),
        ];
        foreach (var (name, path) in pages)
        {
            await OpenAsync(path);
            foreach (var (width, scheme) in new[]
            {
                (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (390, ColorScheme.Light), (390, ColorScheme.Dark),
            })
            {
                await Page.SetViewportSizeAsync(width, 844);
                await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                await _browser.ScreenshotAsync($"gateway/{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}", isWhole: true);
                Assert.True(
                    await Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width,
                    $"{name} is wider than {width} pixels");
            }
        }

        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Keyboard_LeadsFromTheListToARunAndItsReport()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        await OpenAsync("/");
        await Page.Keyboard.PressAsync("Tab");
        Assert.Equal("To the content", await FocusedTextAsync());
        await Page.Keyboard.PressAsync("Enter");
        await TabUntilAsync("pictures-");
        Assert.NotEqual("none", await Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await Page.Keyboard.PressAsync("Enter");
        await Page.WaitForURLAsync("**/view/pictures-*");
        await TabUntilAsync("Open the report");
        await Page.Keyboard.PressAsync("Enter");
        await Page.WaitForURLAsync("**/report.html");
        await Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Comparison" }).WaitForAsync();
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Run_ShowsProgressWithoutReloading_AndIsCancelled()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        await OpenAsync("/submit");
        await Page.GetByLabel("Specification").FillAsync("name: live\nmodel: { onnx: /nowhere/model.onnx }\nqat: none\n");
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Submit" }).ClickAsync();
        Assert.Contains("qat", await Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        await _browser.ScreenshotAsync("gateway/submit-error");
        _complaints.RemoveAll(complaint => complaint.Contains("422", StringComparison.Ordinal));

        const string data = "[ { synthetic: { images: 4 } } ]";
        await Page.GetByLabel("Specification").FillAsync(
            $"name: live\nmodel: {{ onnx: /nowhere/model.onnx }}\nqat: null\ndata: {{ calibration: {data}, validation: {data} }}\n");
        await Page.GetByLabel("Identifier of the run").FillAsync("live-1");
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Submit" }).ClickAsync();
        await Page.WaitForURLAsync("**/view/live-1");
        await Page.EvaluateAsync("window.untouched = true");
        var cancel = Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Cancel this run" });
        await cancel.FocusAsync();

        await ProgressAsync("live-1", 40, 128);
        await Page.GetByText("40 / 128").WaitForAsync();
        await _browser.ScreenshotAsync("gateway/run-live");
        await ProgressAsync("live-1", 80, 128);
        await Page.GetByText("80 / 128").WaitForAsync();
        Assert.True(await Page.EvaluateAsync<bool>("window.untouched"));
        Assert.Equal("Cancel this run", await FocusedTextAsync());

        await cancel.ClickAsync();
        await Page.GetByText("cancelled", new PageGetByTextOptions { Exact = true }).WaitForAsync();
        await Assertions.Expect(cancel).ToHaveCountAsync(0);
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task List_ComparesTheSelectedRuns()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        await OpenAsync("/");
        foreach (var run in await RunsAsync())
        {
            await Page.GetByLabel($"Compare {run}").CheckAsync();
        }

        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare two selected runs" }).ClickAsync();
        await Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "INT8 engine" }).First.WaitForAsync();
        var key = Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "evaluation.bootstrapReplicates" });
        Assert.Equal(
            ["evaluation.bootstrapReplicates", "40", "20"],
            (await key.InnerTextAsync()).Split('\t', StringSplitOptions.TrimEntries));
        Assert.Empty(_complaints);
    }

    /// <summary>The two finished runs, the latest first.</summary>
    private async Task<string[]> RunsAsync()
    {
        var runs = JsonNode.Parse(await fixture.Http.GetStringAsync("/runs", TestContext.Current.CancellationToken))!.AsArray();
        return [.. runs
            .Select(run => run!["runId"]!.GetValue<string>())
            .Where(run => run.StartsWith("pictures-", StringComparison.Ordinal))];
    }

    private async Task OpenAsync(string path) => await Page.GotoAsync(new Uri(fixture.Gateway.Address, path).ToString());

    private Task<string> FocusedTextAsync() => Page.EvaluateAsync<string>("document.activeElement.textContent.trim()");

    private async Task TabUntilAsync(string text)
    {
        const int mostStops = 40;
        for (var stop = 0; stop < mostStops; stop++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if ((await FocusedTextAsync()).StartsWith(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"{mostStops} times Tab does not lead to '{text}'");
    }

    /// <summary>What the gateway writes when a stage reports progress.</summary>
    private Task ProgressAsync(string run, int done, int total) => new FolderBlobStore(fixture.Store).UpdateAsync(
        $"runs/{run}/status.json",
        content =>
        {
            var status = JsonNode.Parse(content)!;
            status["state"] = "running";
            var stage = status["stages"]![0]!;
            (stage["state"], stage["activity"], stage["done"], stage["total"]) = ("running", "checking images", done, total);
            return System.Text.Encoding.UTF8.GetBytes(status.ToJsonString());
        },
        TestContext.Current.CancellationToken);
}
