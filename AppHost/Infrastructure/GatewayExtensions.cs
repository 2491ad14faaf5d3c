using System.Net.Http.Headers;
using System.Text.Json;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>The gateway's place in the dashboard and on the terminal.</summary>
internal static class GatewayExtensions
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>Says the gateway's address when it is ready, and adds the command that starts the demo run.</summary>
    public static IResourceBuilder<ProjectResource> WithDemoCommand(this IResourceBuilder<ProjectResource> gateway)
    {
        var endpoint = gateway.GetEndpoint("http");
        var file = Path.GetFullPath(Path.Combine(gateway.ApplicationBuilder.AppHostDirectory, "..", "samples", "demo", "run.yaml"));
        return gateway
            .OnResourceReady(async (_, _, cancellationToken) =>
            {
                // Where the command line looks when no other gateway is named.
                await File.WriteAllTextAsync(DataFolder.PathOf("gateway.url"), endpoint.Url, cancellationToken);
                await Console.Out.WriteLineAsync($"Gateway at {endpoint.Url}");
            })
            .WithCommand(
                "run-demo",
                "Run the demo",
                context => SubmitAsync(endpoint, file, context.CancellationToken),
                new CommandOptions
                {
                    Description =
                        "Submits samples/demo/run.yaml: a detector trained, quantized, exported and compared on generated pictures.",
                    IconName = "Rocket",
                    IsHighlighted = true,
                });
    }

    private static async Task<ExecuteCommandResult> SubmitAsync(EndpointReference gateway, string file, CancellationToken cancellationToken)
    {
        byte[] specification;
        try
        {
            // As JSON with absolute paths: the gateway does not know the file's folder.
            specification = JsonSerializer.SerializeToUtf8Bytes(RunSpecificationLoader.Load(file), PipelineJson.Compact);
        }
        catch (SpecificationException problem)
        {
            return CommandResults.Failure(problem.Message);
        }

        using var content = new ByteArrayContent(specification);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await Http.PostAsync(new Uri($"{gateway.Url}/runs"), content, cancellationToken);
        return response.IsSuccessStatusCode
            ? CommandResults.Success()
            : CommandResults.Failure(
                $"The gateway answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
