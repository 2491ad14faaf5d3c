using System.Text;
using System.Text.Json;

namespace QatPipeline.AppHost.Tests.Deployment;

/// <summary>Writes a manifest's services for <c>docker compose</c>.</summary>
internal static class ComposeFile
{
    private static readonly Dictionary<string, string> HealthChecks = new()
    {
        ["messaging"] = """["CMD", "rabbitmq-diagnostics", "-q", "check_port_connectivity"]""",
        ["blobs"] = """["CMD", "nc", "-z", "127.0.0.1", "10000"]""",
    };

    public static string Write(Manifest manifest)
    {
        var text = new StringBuilder();
        text.Append("# Written from aspire-manifest.json by tests/AppHost.Tests; docs/operations.md says how to use it.\n");
        text.Append("# A file .env beside it sets ").AppendJoin(", ", manifest.Secrets.Select(secret => Manifest.VariableOf(secret.Name)))
            .Append(":\n# letters and digits, BLOBS_KEY a multiple of four of them.\n");
        text.Append("services:\n");
        foreach (var container in manifest.Containers)
        {
            text.Append($"  {container.Name}:\n    image: {container.Value.GetProperty("image").GetString()}\n");
            if (container.Value.TryGetProperty("args", out var arguments))
            {
                text.Append("    command: [").AppendJoin(", ", arguments.EnumerateArray().Select(entry => $"\"{entry.GetString()}\""))
                    .Append("]\n");
            }

            AppendEnvironment(text, manifest, container.Value);
            text.Append("    volumes:\n");
            foreach (var volume in container.Value.GetProperty("volumes").EnumerateArray())
            {
                text.Append($"      - {volume.GetProperty("name").GetString()}:{volume.GetProperty("target").GetString()}\n");
            }

            AppendHealth(text, HealthChecks[container.Name]);
        }

        foreach (var service in manifest.Services)
        {
            AppendService(text, manifest, service);
        }

        text.Append("volumes:\n");
        foreach (var volume in manifest.Containers.SelectMany(container => container.Value.GetProperty("volumes").EnumerateArray()))
        {
            text.Append($"  {volume.GetProperty("name").GetString()}:\n");
        }

        return text.ToString();
    }

    private static void AppendService(StringBuilder text, Manifest manifest, JsonProperty service)
    {
        var project = Path.GetFileNameWithoutExtension(service.Value.GetProperty("path").GetString());
        text.Append($"  {service.Name}:\n    build:\n      context: ../..\n      dockerfile: eng/deploy/Dockerfile\n");
        text.Append($"      args:\n        SERVICE: {project}\n");
        AppendEnvironment(text, manifest, service.Value);
        text.Append("    volumes:\n      # Data sets and models that run specifications name.\n");
        text.Append("      - ${DATA_FOLDER:-./data}:/data:ro\n");
        var external = service.Value.GetProperty("bindings").EnumerateObject()
            .Where(binding => binding.Value.TryGetProperty("external", out var isExternal) && isExternal.GetBoolean())
            .Select(binding => manifest.Resolve($"{{{service.Name}.bindings.{binding.Name}.targetPort}}")).ToList();
        if (external.Count > 0)
        {
            text.Append("    ports:\n").AppendJoin("", external.Select(port => $"      - 127.0.0.1:{port}:{port}\n"));
        }

        text.Append("    depends_on:\n");
        foreach (var container in manifest.Containers)
        {
            text.Append($"      {container.Name}:\n        condition: service_healthy\n");
        }

        var health = manifest.Resolve($"http://localhost:{{{service.Name}.bindings.http.targetPort}}/health");
        AppendHealth(text, $"""["CMD", "curl", "-fsS", "{health}"]""");
        text.Append("    restart: unless-stopped\n");
    }

    private static void AppendEnvironment(StringBuilder text, Manifest manifest, JsonElement resource)
    {
        text.Append("    environment:\n");
        foreach (var variable in resource.GetProperty("env").EnumerateObject())
        {
            text.Append($"      {variable.Name}: \"{manifest.Resolve(variable.Value.GetString()!)}\"\n");
        }
    }

    private static void AppendHealth(StringBuilder text, string test) =>
        text.Append($"    healthcheck:\n      test: {test}\n      interval: 10s\n      timeout: 10s\n      retries: 12\n");
}
