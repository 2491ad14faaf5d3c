using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using QatPipeline.ServiceDefaults.Security;

namespace QatPipeline.ServiceDefaults.Tests.Security;

/// <summary>A service with one endpoint, and who gets an answer from it.</summary>
public sealed class SecurityTests
{
    private const string Key = "secret";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", null, Key, HttpStatusCode.Unauthorized)]
    [InlineData("/", "", Key, HttpStatusCode.Unauthorized)]
    [InlineData("/", "secreT", Key, HttpStatusCode.Unauthorized)]
    [InlineData("/", Key, Key, HttpStatusCode.OK)]
    [InlineData("/", "", null, HttpStatusCode.Unauthorized)]
    [InlineData("/", "", "", HttpStatusCode.Unauthorized)]
    [InlineData("/none", null, Key, HttpStatusCode.Unauthorized)]
    [InlineData("/none", Key, Key, HttpStatusCode.NotFound)]
    [InlineData("/health", null, Key, HttpStatusCode.OK)]
    [InlineData("/alive", null, null, HttpStatusCode.OK)]
    public async Task Call_FromThisMachine_NeedsTheKey(string path, string? sent, string? configured, HttpStatusCode expected)
    {
        await using var service = await StartAsync(("Security:ApiKey", configured));

        using var response = await SendAsync(service, HttpMethod.Get, path, (SecurityOptions.ApiKeyHeader, sent));

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Unauthorized)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Contains("Security__ApiKey", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Session_IsNotTheKey_AndOpensTheServiceUntilTheKeyChanges()
    {
        var session = new ApiKey(Options.Create(new SecurityOptions { ApiKey = Key })).Session;
        await using var service = await StartAsync(("Security:ApiKey", Key));
        await using var other = await StartAsync(("Security:ApiKey", "another"));
        Assert.Equal(43, session.Length);

        Assert.Equal(HttpStatusCode.OK, await SessionAsync(service, session));
        Assert.Equal(HttpStatusCode.Unauthorized, await SessionAsync(service, Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await SessionAsync(service, ""));
        Assert.Equal(HttpStatusCode.Unauthorized, await SessionAsync(other, session));

        static Task<HttpStatusCode> SessionAsync(WebApplication service, string value) =>
            StatusAsync(service, HttpMethod.Get, ("Cookie", $"{ApiKey.SessionCookie}={value}"));
    }

    [Theory]
    [InlineData("127.0.0.1", null, HttpStatusCode.OK)]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    [InlineData("attacker.example", null, HttpStatusCode.BadRequest)]
    [InlineData("gateway.example", "localhost;gateway.example", HttpStatusCode.OK)]
    public async Task Host_IsOneOfTheAllowed(string host, string? allowed, HttpStatusCode expected)
    {
        await using var service = await StartAsync(("Security:ApiKey", Key), ("AllowedHosts", allowed));

        Assert.Equal(expected, await StatusAsync(service, HttpMethod.Get, (SecurityOptions.ApiKeyHeader, Key), ("Host", host)));
    }

    [Theory]
    [InlineData("POST", null, HttpStatusCode.OK)]
    [InlineData("POST", "http://localhost", HttpStatusCode.OK)]
    [InlineData("POST", "https://tools.example", HttpStatusCode.OK)]
    [InlineData("POST", "http://localhost:1", HttpStatusCode.Forbidden)]
    [InlineData("POST", "https://attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "null", HttpStatusCode.Forbidden)]
    [InlineData("GET", "https://attacker.example", HttpStatusCode.OK)]
    public async Task Origin_OfAnotherSite_ChangesNothing(string method, string? origin, HttpStatusCode expected)
    {
        await using var service = await StartAsync(
            ("Security:ApiKey", Key), ("Security:AllowedOrigins", "https://more.example; https://tools.example"));

        Assert.Equal(expected, await StatusAsync(
            service, new HttpMethod(method), (SecurityOptions.ApiKeyHeader, Key), ("Host", "localhost"), ("Origin", origin)));
    }

    [Theory]
    [InlineData("", "127.0.0.1 http")]
    [InlineData("10.0.0.1", "127.0.0.1 http")]
    [InlineData("10.0.0.1; 127.0.0.0/8", "203.0.113.9 https")]
    [InlineData("127.0.0.1", "203.0.113.9 https")]
    public async Task ForwardedHeaders_AreBelievedFromKnownProxiesOnly(string proxies, string expected)
    {
        // What hosts set for services behind a proxy; alone, it believes everybody.
        await using var service = await StartAsync(
            ("Security:ApiKey", Key), ("Security:KnownProxies", proxies), ("FORWARDEDHEADERS_ENABLED", "true"));

        using var response = await SendAsync(
            service,
            HttpMethod.Get,
            "/",
            (SecurityOptions.ApiKeyHeader, Key), ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"));

        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task KnownProxies_ThatAreNone_KeepTheServiceFromStarting()
    {
        var problem = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StartAsync(("Security:KnownProxies", "10.0.0.7,10.0.0.8")));
        Assert.Contains("Security:KnownProxies takes addresses and networks", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>A service whose endpoint tells the caller's address and scheme.</summary>
    private static async Task<WebApplication> StartAsync(params (string Key, string? Value)[] settings)
    {
        // The working folder's configuration is one of somebody else.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.Map("/", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme}");
        await app.StartAsync(Token);
        return app;
    }

    private static async Task<HttpStatusCode> StatusAsync(WebApplication service, HttpMethod method, params (string, string?)[] headers)
    {
        using var response = await SendAsync(service, method, "/", headers);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        WebApplication service, HttpMethod method, string path, params (string Name, string? Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, Token);
    }
}
