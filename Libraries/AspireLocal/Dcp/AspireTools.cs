using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace QatPipeline.AspireLocal.Dcp;

/// <summary>Where the orchestrator and the dashboard are, by the variables that Aspire.Hosting reads too.</summary>
/// <param name="Orchestrator">The program <c>dcp</c>.</param>
/// <param name="Dashboard">The program <c>aspire-managed</c>.</param>
internal sealed record AspireTools(string Orchestrator, string Dashboard)
{
    public static AspireTools FromConfiguration(IConfiguration configuration) => new(
        Path.Combine(configuration["ASPIRE_DCP_PATH"] ?? string.Empty, "dcp"),
        configuration["ASPIRE_DASHBOARD_PATH"] ?? string.Empty);

    /// <exception cref="DistributedApplicationException">One of the two is not there.</exception>
    public void Require()
    {
        Require(Orchestrator, "orchestrator", "ASPIRE_DCP_PATH");
        Require(Dashboard, "dashboard", "ASPIRE_DASHBOARD_PATH");
    }

    private static void Require(string path, string what, string variable)
    {
        if (!File.Exists(path))
        {
            throw new DistributedApplicationException(
                $"Aspire's {what} is not installed ('{path}', from {variable}). To get it: ./qat setup");
        }
    }
}
