using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Gateway.Tests;

/// <summary>The web page as a client without scripts gets it.</summary>
[Trait("Category", "Slow")]
public sealed partial class RunPagesTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Specification = """
        name: pages
        model: { onnx: /nowhere/model.onnx }
        data:
          calibration: [ { synthetic: { images: 4 } } ]
          training: [ { synthetic: { images: 4 } } ]
          validation: [ { synthetic: { images: 4 } } ]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_ShowsTheRun_CancelEndsIt()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var submitted = await PostAsync("/submit", "/submit", Fields(("specification", Specification), ("runId", "page-1")));
        var page = await submitted.Content.ReadAsStringAsync(Token);
        Assert.Equal("/view/page-1", submitted.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("<span class=\"state waiting\">", page, StringComparison.Ordinal);
        Assert.Contains("data-events=\"/runs/page-1/events\"", page, StringComparison.Ordinal);
        Assert.Contains("<noscript><meta http-equiv=\"refresh\"", page, StringComparison.Ordinal);
        Assert.Contains("/view/page-1", await fixture.Http.GetStringAsync("/", Token), StringComparison.Ordinal);

        using var cancelled = await PostAsync("/view/page-1/cancel", "/view/page-1", Fields());
        page = await cancelled.Content.ReadAsStringAsync(Token);
        Assert.Contains("<span class=\"state cancelled\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Cancel this run", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-events", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_File_GoesBeforeTheText()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var fields = Fields(("specification", "not: used"), ("runId", "page-2"));
        using var file = new ByteArrayContent(Encoding.UTF8.GetBytes(Specification));
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileName = "run.yaml" };
        fields.Add(file);
        using var submitted = await PostAsync("/submit", "/submit", fields);
        Assert.Equal("/view/page-2", submitted.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task Submit_WrongKey_SaysKeyAndLine_AndKeepsTheText()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var refused = await PostAsync("/submit", "/submit", Fields(("specification", Specification + "\nsed: <b>1</b>\n")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Token));
        Assert.Contains(":7: unknown key 'sed'; did you mean 'seed'?", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"line\">7</span>sed: <b>1</b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>1</b>", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/submit")]
    [InlineData("/view/any/cancel")]
    public async Task Post_WithoutTheTokenOfAForm_IsRefused(string path)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var fields = Fields(("specification", Specification), ("runId", "forged"));
        using var response = await fixture.Http.PostAsync(new Uri(path, UriKind.Relative), fields, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var run = await fixture.Http.GetAsync(new Uri("/runs/forged", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, run.StatusCode);
    }

    [Theory]
    [InlineData("/view/none")]
    [InlineData("/view/..%2Fetc")]
    [InlineData("/compare?run=none&run=none")]
    public async Task UnknownRun_IsAPageThatSaysSo(string path)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var response = await fixture.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("<h1>No such run</h1>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/submit")]
    [InlineData("/compare")]
    [InlineData("/compare?run=one")]
    public async Task Pages_HaveLandmarks_AndBringNoCodeOfTheirOwn(string path)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var response = await fixture.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        var page = await response.Content.ReadAsStringAsync(Token);
        Assert.All(["<html lang=\"en\">", "<header>", "<nav aria-label=", "<main id=\"main\"", "<h1>"],
            mark => Assert.Contains(mark, page, StringComparison.Ordinal));
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.All(ScriptElement().Matches(page), match => Assert.Contains(" src=\"/assets/", match.Value, StringComparison.Ordinal));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_IsServedWithoutPowers()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var submitted = await PostAsync("/submit", "/submit", Fields(("specification", Specification), ("runId", "page-3")));
        await new FolderBlobStore(fixture.Store).WriteAsync("runs/page-3/files/report.html", "<p>report</p>"u8.ToArray(), Token);

        using var report = await fixture.Http.GetAsync(new Uri("/runs/page-3/files/report.html", UriKind.Relative), Token);
        Assert.Equal("text/html", report.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(
            "sandbox; default-src 'none'", Assert.Single(report.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(report.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Live_TellsOfANewRun()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        await using var stream = await fixture.Http.GetStreamAsync(new Uri("/live", UriKind.Relative), Token);
        using var events = new StreamReader(stream);
        await NextEventAsync(events);
        using var submitted = await PostAsync("/submit", "/submit", Fields(("specification", Specification), ("runId", "page-4")));
        await NextEventAsync(events);
    }

    [Theory]
    [InlineData("site.css", "text/css")]
    [InlineData("live.js", "text/javascript")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Assets_AreKeptByBrowsers(string name, string type)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var response = await fixture.Http.GetAsync(new Uri($"/assets/{name}", UriKind.Relative), Token);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.MaxAge > TimeSpan.FromDays(1));
        using var missing = await fixture.Http.GetAsync(new Uri("/assets/other.css", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static MultipartFormDataContent Fields(params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return form;
    }

    private static async Task NextEventAsync(StreamReader events)
    {
        while (await events.ReadLineAsync(Token) != "event: status")
        {
        }
    }

    /// <summary>Sends a form as the page that holds it would, redirections followed.</summary>
    private async Task<HttpResponseMessage> PostAsync(string path, string page, MultipartFormDataContent form)
    {
        using (form)
        {
            var token = TokenField().Match(await fixture.Http.GetStringAsync(page, Token));
            Assert.True(token.Success, $"{page} has no form with a token");
            form.Add(new StringContent(token.Groups[1].Value), "__RequestVerificationToken");
            return await fixture.Http.PostAsync(new Uri(path, UriKind.Relative), form, Token);
        }
    }

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex TokenField();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex ScriptElement();
}
