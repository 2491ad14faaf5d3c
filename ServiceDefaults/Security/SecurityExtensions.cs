using Microsoft.AspNetCore.Builder;

namespace QatPipeline.ServiceDefaults.Security;

/// <summary>Who may call.</summary>
public static class SecurityExtensions
{
    /// <summary>Requires the API key of callers from other machines.</summary>
    public static IApplicationBuilder UseApiKeyOffLoopback(this IApplicationBuilder app) => app.UseMiddleware<ApiKeyMiddleware>();
}
