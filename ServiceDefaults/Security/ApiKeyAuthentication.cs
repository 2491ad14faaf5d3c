using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Lets in who sends the key or, from a browser, the session that the key was shown for.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<ApiKeySchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKey key)
    : AuthenticationHandler<ApiKeySchemeOptions>(options, logger, encoder)
{
    public const string Name = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        (Request.Headers[SecurityOptions.ApiKeyHeader] is [{ } sent] && key.Is(sent))
        || key.IsSession(Request.Cookies[ApiKey.SessionCookie])
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(
                new ClaimsIdentity([new Claim(ClaimTypes.Name, Name)], Name)), Name))
            : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Options.LoginPath is { } login
            && HttpMethods.IsGet(Request.Method)
            && Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
        {
            Response.Redirect(login + QueryString.Create("returnUrl", Request.Path + Request.QueryString));
            return Task.CompletedTask;
        }

        return Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            title: "API key required",
            detail: $"The header {SecurityOptions.ApiKeyHeader} must carry the service's key. {key.Whereabouts}").ExecuteAsync(Context);
    }
}

/// <summary>How callers without credentials are received.</summary>
public sealed class ApiKeySchemeOptions : AuthenticationSchemeOptions
{
    /// <summary>The page that asks a browser for the key, where the service has one.</summary>
    public string? LoginPath { get; set; }
}
