using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using QatPipeline.AspireLocal.Running;

namespace QatPipeline.AspireLocal.Dashboard;

/// <summary>
/// The dashboard's addresses and keys, by the names that Aspire.Hosting reads too; what is not configured is a free port or a new key.
/// </summary>
internal sealed record DashboardOptions
{
    private const int KeyBytes = 16;

    public required string ApplicationName { get; init; }

    public required string FrontendUrl { get; init; }

    public required string OtlpEndpoint { get; init; }

    public required string OtlpHttpEndpoint { get; init; }

    public required string ResourceServiceUrl { get; init; }

    public required string BrowserToken { get; init; }

    public required string OtlpKey { get; init; }

    public required string ResourceServiceKey { get; init; }

    /// <summary>The key to the dashboard's telemetry API.</summary>
    public required string ApiKey { get; init; }

    public string LoginUrl => $"{FrontendUrl}/login?t={BrowserToken}";

    public static DashboardOptions FromConfiguration(IConfiguration configuration)
    {
        return new DashboardOptions
        {
            ApplicationName = configuration["AppHost:DashboardApplicationName"] ?? "Application",
            FrontendUrl = Url("ASPNETCORE_URLS"),
            OtlpEndpoint = Url("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"),
            OtlpHttpEndpoint = Url("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"),
            ResourceServiceUrl = Url("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"),
            BrowserToken = Key("AppHost:BrowserToken"),
            OtlpKey = Key("AppHost:OtlpApiKey"),
            ResourceServiceKey = Key("AppHost:ResourceService:ApiKey"),
            ApiKey = Key("AppHost:DashboardApiKey"),
        };

        string Url(string name) => configuration[name]?.Split(';')[0].TrimEnd('/') ?? $"http://localhost:{EndpointAllocator.FreePort()}";

        string Key(string name) => configuration[name] ?? RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);
    }

    /// <summary>What the dashboard's process is told.</summary>
    public IReadOnlyDictionary<string, string> ToEnvironment() => new Dictionary<string, string>
    {
        ["ASPNETCORE_URLS"] = FrontendUrl,
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = OtlpEndpoint,
        ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = OtlpHttpEndpoint,
        ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = ResourceServiceUrl,
        ["DASHBOARD__APPLICATIONNAME"] = ApplicationName,
        ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
        ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = BrowserToken,
        ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = OtlpKey,
        ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = ResourceServiceKey,
        ["DASHBOARD__API__ENABLED"] = "true",
        ["DASHBOARD__API__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__API__PRIMARYAPIKEY"] = ApiKey,
        // Its idle threads would spin on the cores that the services compute on.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };
}
