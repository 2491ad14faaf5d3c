using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QatPipeline.ServiceDefaults.Security;

namespace QatPipeline.ServiceDefaults.Tests.Security;

public sealed class ApiKeyMiddlewareTests
{
    [Theory]
    [InlineData("127.0.0.1", "/runs", null, "secret", true)]
    [InlineData("::1", "/runs", null, null, true)]
    [InlineData("::ffff:127.0.0.1", "/runs", null, "secret", true)]
    [InlineData("10.0.0.7", "/runs", null, "secret", false)]
    [InlineData("10.0.0.7", "/runs", "wrong", "secret", false)]
    [InlineData("10.0.0.7", "/runs", "secret", "secret", true)]
    [InlineData("10.0.0.7", "/runs", "", null, false)]
    [InlineData("10.0.0.7", "/runs", "", "", false)]
    [InlineData("10.0.0.7", "/health", null, "secret", true)]
    public async Task Invoke_LetsIn(string caller, string path, string? sent, string? configured, bool expected)
    {
        var passed = false;
        var middleware = new ApiKeyMiddleware(
            _ =>
            {
                passed = true;
                return Task.CompletedTask;
            },
            Options.Create(new SecurityOptions { ApiKey = configured }));
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
            Connection = { RemoteIpAddress = IPAddress.Parse(caller) },
            Request = { Path = path },
        };
        if (sent is not null)
        {
            context.Request.Headers[SecurityOptions.ApiKeyHeader] = sent;
        }

        await middleware.InvokeAsync(context);
        Assert.Equal(expected, passed);
        Assert.Equal(expected ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized, context.Response.StatusCode);
    }
}
