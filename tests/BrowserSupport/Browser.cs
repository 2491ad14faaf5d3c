using Microsoft.Playwright;
using QatPipeline.TestSupport;

namespace QatPipeline.BrowserSupport;

/// <summary>
/// A page in the system's Chromium, without a window. Playwright's own browsers cannot be downloaded everywhere, a package can.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    public const string SkipReason = "needs Chromium: ./qat setup --tests";

    private const float LimitMilliseconds = 180_000;

    // No sandbox: Chromium refuses to have one for root, whom containers run as. The others keep it from calling home.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static readonly string? Executable = Find();

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page) =>
        (_playwright, _browser, Page) = (playwright, browser, page);

    public static bool IsAvailable => Executable is not null;

    /// <summary>The page; its actions fail after three minutes.</summary>
    public IPage Page { get; }

    /// <summary>Starts the browser with an empty page of this size in pixels.</summary>
    public static async Task<Browser> OpenAsync(int width = 1280, int height = 800)
    {
        var playwright = await Playwright.CreateAsync();
        try
        {
            var options = new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Flags, Timeout = LimitMilliseconds };
            var browser = await playwright.Chromium.LaunchAsync(options);
            var page = await browser.NewPageAsync(
                new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
            page.SetDefaultTimeout(LimitMilliseconds);
            page.SetDefaultNavigationTimeout(LimitMilliseconds);
            return new Browser(playwright, browser, page);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Keeps what is to be seen as <c>TestResults/NAME.png</c>; a name may begin with a folder.</summary>
    /// <param name="name">Name of the picture.</param>
    /// <param name="isWhole">The page from top to bottom, not only what the window shows.</param>
    /// <returns>The picture's path.</returns>
    public async Task<string> ScreenshotAsync(string name, bool isWhole = false)
    {
        var file = Path.Combine(TestData.RepositoryRoot, "TestResults", $"{name}.png");
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = file, FullPage = isWhole });
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
