using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using QatPipeline.Gateway.Web.Pages;
using QatPipeline.ServiceDefaults.Security;

namespace QatPipeline.Gateway.Web;

/// <summary>
/// How a browser gets the session that stands for the key, by a link with the key or by a form, and how it gives it back.
/// </summary>
internal static class LoginPages
{
    public const string Path = "/login";

    public const string SignOut = "/logout";

    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription().WithPageHeaders().AllowAnonymous();
        pages.MapGet(Path, (string? t, string? returnUrl, HttpContext context, ApiKey key) =>
            t is null ? LoginPage.Result(returnUrl) : Enter(t, returnUrl, context, key));
        // Forms of other sites are refused by their origin; who is not yet signed in has nothing else to protect.
        pages.MapPost(Path, ([FromForm] string? key, [FromForm] string? returnUrl, HttpContext context, ApiKey expected) =>
            Enter(key, returnUrl, context, expected)).DisableAntiforgery();
        pages.MapPost(SignOut, (HttpResponse response) =>
        {
            response.Cookies.Delete(ApiKey.SessionCookie);
            return TypedResults.LocalRedirect(Path);
        });
    }

    private static IResult Enter(string? sent, string? returnUrl, HttpContext context, ApiKey key)
    {
        if (!key.Is(sent))
        {
            return LoginPage.Result(returnUrl, $"This is not the service's key. {key.Whereabouts}");
        }

        context.Response.Cookies.Append(ApiKey.SessionCookie, key.Session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
        });
        return TypedResults.LocalRedirect(RedirectHttpResult.IsLocalUrl(returnUrl) ? returnUrl! : "/");
    }
}
