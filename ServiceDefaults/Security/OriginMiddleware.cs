using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>
/// Refuses what the page of another site sends to change something. Browsers say where a page is from; other programs do not.
/// </summary>
internal sealed class OriginMiddleware(RequestDelegate next, IOptions<SecurityOptions> options)
{
    private readonly string[] _allowed = SecurityOptions.Split(options.Value.AllowedOrigins);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.Origin.All(
            origin => IsOwn(request, origin) || _allowed.Contains(origin, StringComparer.OrdinalIgnoreCase))
            ? next(context)
            : Results.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "Foreign origin",
                detail: $"A page of '{request.Headers.Origin}' may not change anything here. To let it, name it in "
                    + "Security__AllowedOrigins.").ExecuteAsync(context);
    }

    private static bool IsOwn(HttpRequest request, string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
