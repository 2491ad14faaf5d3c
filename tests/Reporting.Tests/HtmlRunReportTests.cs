using System.Text.RegularExpressions;

namespace QatPipeline.Reporting.Tests;

public sealed partial class HtmlRunReportTests : IDisposable
{
    private readonly SyntheticRun run = new();
    private readonly ScratchFolder folder = new();

    public void Dispose()
    {
        run.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Report_HasEverySection()
    {
        var page = await RenderAsync();

        string[] sections = ["comparison", "precision-recall", "classes", "calibration", "layers", "training", "latency", "samples", "lineage", "environment", "commands"];
        Assert.All(sections, section => Assert.Contains($"<section id=\"{section}\">", page, StringComparison.Ordinal));
        Assert.Contains("−2.00 [−4.00, +1.00]", page, StringComparison.Ordinal);
        Assert.Contains("layer errors (1)", page, StringComparison.Ordinal);
        Assert.Contains("1 of 1 quantizers are off", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_EscapesNames()
    {
        var page = await RenderAsync();

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert(\"", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&quot;x&quot;)", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_AsksTheNetworkForNothing()
    {
        var page = await RenderAsync();

        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.All(Reference().Matches(page), match => Assert.True(
            match.Groups[1].Value.StartsWith('#') || match.Groups[1].Value.StartsWith("data:image/jpeg;base64,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Report_HasNoIdentifierTwice()
    {
        var page = await RenderAsync();

        var identifiers = Identifier().Matches(page).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(identifiers.Distinct(), identifiers);
    }

    [Fact]
    public async Task Samples_MarkWhatOnlyOneNetworkFound()
    {
        var page = await RenderAsync();

        Assert.Equal(2, AloneBox().Count(page));
    }

    [Fact]
    public async Task Report_IsTheSameTwice() => Assert.Equal(await RenderAsync(), await RenderAsync());

    private async Task<string> RenderAsync()
    {
        var context = await run.CreateAsync();
        await new HtmlRunReport().WriteAsync(context, folder.FullName, TestContext.Current.CancellationToken);
        return await File.ReadAllTextAsync(folder.PathOf(HtmlRunReport.FileName), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""(?:href|src)="([^"]*)""")]
    private static partial Regex Reference();

    [GeneratedRegex("""\bid="([^"]*)""")]
    private static partial Regex Identifier();

    [GeneratedRegex("class=\"box alone\"")]
    private static partial Regex AloneBox();
}
