using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Playwright;
using QatPipeline.BrowserSupport;
using QatPipeline.Contracts.V1.Grpc;

namespace QatPipeline.Gateway.Tests;

/// <summary>Nothing without credentials, on this machine too, and how a browser gets some.</summary>
[Trait("Category", "Slow")]
public sealed class LoginTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    private const string Key = GatewayFixture.Key;

    // As little as possible is done behind the test's back.
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = fixture.SkipReason is null ? fixture.Gateway.Address : null,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("GET", "/runs")]
    [InlineData("GET", "/")]
    [InlineData("POST", "/runs")]
    [InlineData("POST", "/submit")]
    [InlineData("DELETE", "/runs/any")]
    [InlineData("GET", "/openapi/v1.json")]
    [InlineData("GET", "/no/such/thing")]
    public async Task Call_WithoutCredentials_IsRefused(string method, string path)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var response = await SendAsync(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Grpc_WithoutCredentials_IsUnauthenticated()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var channel = GrpcChannel.ForAddress(fixture.Gateway.GrpcAddress);
        var client = new Contracts.V1.Grpc.Gateway.GatewayClient(channel);
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.GetAsync(new RunRequest { RunId = "any" }, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task Page_WithoutCredentials_LeadsToTheForm_AndTheKeyBack()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var page = await SendAsync(HttpMethod.Get, "/compare?run=one", ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/login?returnUrl=%2Fcompare%3Frun%3Done", page.Headers.Location!.OriginalString);
        using var form = await SendAsync(HttpMethod.Get, page.Headers.Location.OriginalString);
        Assert.Contains("value=\"/compare?run=one\"", await form.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        using var entered = await EnterAsync(Key, "/compare?run=one");
        Assert.Equal("/compare?run=one", entered.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Link_GivesASession_AndLeavesTheKeyNowhere()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var entered = await SendAsync(HttpMethod.Get, $"/login?t={Key}");
        Assert.Equal("/", entered.Headers.Location!.OriginalString);
        Assert.Equal("same-origin", Assert.Single(entered.Headers.GetValues("Referrer-Policy")));
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.EndsWith("; path=/; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, cookie, StringComparison.Ordinal);

        using var page = await SendAsync(HttpMethod.Get, "/", ("Cookie", cookie.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain(Key, fixture.Gateway.WholeOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://attacker.example/")]
    [InlineData("//attacker.example")]
    [InlineData("/\\attacker.example")]
    public async Task ReturnUrl_OfAnotherSite_IsNotFollowed(string returnUrl)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var entered = await EnterAsync(Key, returnUrl);
        Assert.Equal("/", entered.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("")]
    [InlineData("key-of-the-test")]
    public async Task WrongKey_IsToldSo(string key)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var entered = await EnterAsync(key, "/");
        Assert.Equal(HttpStatusCode.Unauthorized, entered.StatusCode);
        Assert.False(entered.Headers.Contains("Set-Cookie"));
        var page = WebUtility.HtmlDecode(await entered.Content.ReadAsStringAsync(Token));
        Assert.Contains("This is not the service's key.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_OfAnotherSite_IsRefused_WithASessionToo()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var entered = await SendAsync(HttpMethod.Get, $"/login?t={Key}");
        var session = entered.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var cancelled = await SendAsync(
            HttpMethod.Delete, "/runs/any", ("Cookie", session), ("Origin", "http://localhost:1"));
        Assert.Equal(HttpStatusCode.Forbidden, cancelled.StatusCode);
    }

    [Fact]
    public async Task Proxy_ThatIsKnown_MakesTheSessionSecure()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var behind = await fixture.StartAsync(("Security__KnownProxies", "127.0.0.1;::1"));
        using var secure = await SendAsync(
            HttpMethod.Get, new Uri(behind.Address, $"/login?t={Key}").ToString(), ("X-Forwarded-Proto", "https"));
        Assert.Contains("; secure;", secure.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);

        using var unknown = await SendAsync(HttpMethod.Get, $"/login?t={Key}", ("X-Forwarded-Proto", "https"));
        Assert.DoesNotContain("secure", unknown.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browser_SignsInByTheForm_AndOutAgain()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        Assert.SkipUnless(Browser.IsAvailable, Browser.SkipReason);
        await using var browser = await Browser.OpenAsync();
        await browser.Page.GotoAsync(new Uri(fixture.Gateway.Address, "/submit").ToString());
        await browser.Page.GetByLabel("Key").FillAsync("wrong");
        await browser.Page.GetByLabel("Key").PressAsync("Enter");
        await browser.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await browser.ScreenshotAsync("gateway/login");

        await browser.Page.GetByLabel("Key").FillAsync(Key);
        await browser.Page.GetByLabel("Key").PressAsync("Enter");
        await browser.Page.WaitForURLAsync("**/submit");
        await browser.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await browser.Page.WaitForURLAsync("**/login");
        await browser.Page.GotoAsync(new Uri(fixture.Gateway.Address, "/").ToString());
        Assert.EndsWith("/login?returnUrl=%2F", browser.Page.Url, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> EnterAsync(string key, string returnUrl) => _http.PostAsync(
        new Uri("/login", UriKind.Relative),
        new FormUrlEncodedContent(new Dictionary<string, string> { ["key"] = key, ["returnUrl"] = returnUrl }),
        Token);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request, Token);
    }
}
