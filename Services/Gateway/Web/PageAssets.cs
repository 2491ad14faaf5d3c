using System.Security.Cryptography;
using System.Text;
using QatPipeline.Reporting;

namespace QatPipeline.Gateway.Web;

/// <summary>Style and script of the pages, held by the assembly: they need no web root, wherever the service is started.</summary>
internal static class PageAssets
{
    /// <summary>Where the style is; the address changes with the content, so that browsers may keep it for ever.</summary>
    public static string Style { get; } = AddressOf("site.css");

    /// <summary>Where the icon is.</summary>
    public static string Icon { get; } = AddressOf("icon.svg");

    /// <summary>Where the script is.</summary>
    public static string Script { get; } = AddressOf("live.js");

    public static void MapAssets(this IEndpointRouteBuilder app) => app.MapGet("/assets/{name}", Get).AllowAnonymous();

    private static IResult Get(string name, HttpResponse response)
    {
        if (Read(name) is not { } content)
        {
            return TypedResults.NotFound();
        }

        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Text(content, TypeOf(name), Encoding.UTF8);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css",
        ".svg" => "image/svg+xml",
        _ => "text/javascript",
    };

    private static string AddressOf(string name) =>
        $"/assets/{name}?v={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Read(name)!)))[..12]}";

    private static string? Read(string name) => name switch
    {
        "site.css" => ReportStyle.Theme + Resource(name),
        "icon.svg" or "live.js" => Resource(name),
        _ => null,
    };

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(PageAssets).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
