using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Who may call.</summary>
public static class SecurityExtensions
{
    private const string AllowedHosts = "AllowedHosts";

    /// <summary>Requires the API key for whatever does not say otherwise, and sends it along with the service's own calls.</summary>
    public static IHostApplicationBuilder AddSecurity(this IHostApplicationBuilder builder)
    {
        // Here and not in a file, which would be looked for in the working folder.
        builder.Configuration[AllowedHosts] ??= "localhost;127.0.0.1;[::1]";
        builder.Services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section)
            .Validate(
                SecurityOptions.AreProxies,
                "Security:KnownProxies takes addresses and networks, such as '10.0.0.7;10.1.0.0/16', separated by semicolons.")
            .ValidateOnStart();
        builder.Services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<SecurityOptions>>(
            (forwarded, security) => Trust(forwarded, SecurityOptions.Split(security.Value.KnownProxies)));
        builder.Services.AddSingleton<ApiKey>();
        builder.Services.AddTransient<ApiKeyHandler>();
        builder.Services.AddAuthentication(ApiKeyAuthentication.Name)
            .AddScheme<ApiKeySchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.Name, null);
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(
            new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        // It logs the query of every request, and that of the login is the key.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        return builder;
    }

    /// <summary>Gives browsers without credentials this page, which lets anybody ask for it.</summary>
    public static IServiceCollection AddLoginPage(this IServiceCollection services, string path) =>
        services.Configure<ApiKeySchemeOptions>(ApiKeyAuthentication.Name, scheme => scheme.LoginPath = path);

    internal static void UseSecurity(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<OriginMiddleware>();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    // Whatever the environment says: ASPNETCORE_FORWARDEDHEADERS_ENABLED would believe every caller.
    private static void Trust(ForwardedHeadersOptions forwarded, string[] proxies)
    {
        forwarded.ForwardedHeaders = proxies.Length > 0
            ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
            : ForwardedHeaders.None;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }
    }
}
