namespace QatPipeline.AppHost.Infrastructure;

/// <summary>
/// Completes the environment that Aspire reads, so that <c>dotnet run --project AppHost</c> needs no launch profile: where the tools are
/// that <c>./qat setup</c> installed, and addresses on loopback that stay the same from one run to the next.
/// </summary>
internal static class AspireEnvironment
{
    public static void Complete()
    {
        SetDefault("DOTNET_ENVIRONMENT", "Development");
        SetDefault("ASPIRE_DCP_PATH", Path.Combine(InstalledTools.Folder, "aspire", "dcp"));
        SetDefault("ASPIRE_DASHBOARD_PATH", Path.Combine(InstalledTools.Folder, "aspire", "managed", "aspire-managed"));
        SetDefault("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true");
        SetDefault("AppHost__DashboardApplicationName", "QatPipeline");

        SetAddress("ASPNETCORE_URLS", "dashboard");
        SetAddress("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "dashboard-otlp");
        SetAddress("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "dashboard-otlp-http");
        SetAddress("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "resource-service");
    }

    private static void SetAddress(string variable, string portName) =>
        SetDefault(variable, $"http://localhost:{DataFolder.Ports.Get(portName)}");

    private static void SetDefault(string variable, string value)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }
}
