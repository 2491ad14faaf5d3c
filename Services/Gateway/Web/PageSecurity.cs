using Microsoft.AspNetCore.Antiforgery;
using QatPipeline.Gateway.Web.Pages;

namespace QatPipeline.Gateway.Web;

/// <summary>What browsers may do with what the gateway sends, and which forms it accepts.</summary>
internal static class PageSecurity
{
    private const string Unusable = "The form cannot be used";

    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'";

    // The report brings its own style and pictures. As a document of no origin it cannot use the gateway, whatever a name in it contains.
    private const string DownloadPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    /// <summary>Headers of the pages.</summary>
    public static RouteGroupBuilder WithPageHeaders(this RouteGroupBuilder pages) => pages.AddEndpointFilter(async (context, next) =>
    {
        AddHeaders(context.HttpContext.Response, PagePolicy);
        return await next(context);
    });

    /// <summary>Headers of a run's files, which may be anything.</summary>
    public static RouteHandlerBuilder WithDownloadHeaders(
        this RouteHandlerBuilder download) => download.AddEndpointFilter(async (context, next) =>
    {
        AddHeaders(context.HttpContext.Response, DownloadPolicy);
        return await next(context);
    });

    /// <summary>Only forms that a page of this gateway sent.</summary>
    public static RouteHandlerBuilder RequireOwnForm(this RouteHandlerBuilder form) => form
        .WithMetadata(new RequireAntiforgeryTokenAttribute())
        .AddEndpointFilter(async (context, next) => context.HttpContext.Features.Get<IAntiforgeryValidationFeature>() switch
        {
            { IsValid: true } => await next(context),
            { Error.InnerException: BadHttpRequestException bad } => MessagePage.Result(bad.StatusCode, Unusable, bad.Message),
            _ => MessagePage.Result(
                StatusCodes.Status400BadRequest,
                Unusable,
                "It comes from elsewhere or was open for too long: go back, reload the page and try again."),
        });

    private static void AddHeaders(HttpResponse response, string policy)
    {
        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.XContentTypeOptions = "nosniff";
        // Not "no-referrer": the forms of these pages would come from no origin, and be refused.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
