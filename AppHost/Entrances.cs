using System.Net.Http.Headers;

namespace QatPipeline.AppHost;

/// <summary>Where people come in: the dashboard and the gateway.</summary>
internal static class Entrances
{
    /// <summary>Gives the dashboard the ports that it had the last time, where none are configured.</summary>
    public static void AddDashboard(this IDistributedApplicationBuilder builder)
    {
        var data = new DataFolder(builder);
        builder.Configuration["ASPNETCORE_URLS"] ??= $"http://localhost:{data.Port("dashboard")}";
        builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ??= $"http://localhost:{data.Port("dashboard-otlp")}";
        // The AppHost ends last: then nothing is left, and the next start finds its ports free.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] ??= "true";
    }

    /// <summary>Says the link that signs in to the gateway once it is ready, and adds the command that submits a specification.</summary>
    public static IResourceBuilder<ProjectResource> WithRunCommand(this IResourceBuilder<ProjectResource> gateway)
    {
        var data = new DataFolder(gateway.ApplicationBuilder);
        var demo = Path.GetFullPath(Path.Combine(gateway.ApplicationBuilder.AppHostDirectory, "../samples/demo/run.yaml"));
        return gateway
            .OnResourceReady((_, _, _) =>
            {
                // Where the command line looks when no other gateway is named.
                data.Write("gateway.url", gateway.GetEndpoint("http").Url);
                return Console.Out.WriteLineAsync(
                    $"Gateway at {gateway.GetEndpoint("http").Url}/login?t={gateway.ApplicationBuilder.Token()}");
            })
            .WithHttpCommand("/runs", "Run the demo", endpointName: "http", commandName: "run-demo", commandOptions: new HttpCommandOptions
            {
                Description = "Submits samples/demo/run.yaml, or another run specification.",
                Arguments = [new() { Name = "file", Label = "Specification", InputType = InputType.Text, Required = true, Value = demo }],
                PrepareRequest = context => SubmitAsync(context, gateway.ApplicationBuilder.Token()),
                IconName = "Rocket",
                IsHighlighted = true,
            });
    }

    private static async Task SubmitAsync(HttpCommandRequestContext context, string token)
    {
        var file = context.Arguments.Single().Value!;
        context.Request.Headers.Add("X-Api-Key", token);
        context.Request.RequestUri = new Uri(
            context.Request.RequestUri!, $"?folder={Uri.EscapeDataString(Path.GetDirectoryName(file)!)}");
        context.Request.Content = new StringContent(
            await File.ReadAllTextAsync(file, context.CancellationToken), MediaTypeHeaderValue.Parse("application/yaml"));
    }
}
