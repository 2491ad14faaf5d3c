using System.Text.Json;
using System.Text.RegularExpressions;

namespace QatPipeline.AppHost.Tests.Deployment;

/// <summary>The manifest that the AppHost publishes, with its expressions resolved as they are between containers of one network.</summary>
internal sealed partial class Manifest(string json)
{
    // The port of ASP.NET Core's images.
    private const int DefaultPort = 8080;

    private readonly JsonElement _resources = JsonDocument.Parse(json).RootElement.GetProperty("resources");

    public IEnumerable<JsonProperty> Containers => OfType("container.v0");

    public IEnumerable<JsonProperty> Services => OfType("project.v0");

    public IEnumerable<JsonProperty> Secrets => OfType("parameter.v0");

    /// <summary>A value with every <c>{…}</c> in it replaced; a parameter becomes a variable of the environment.</summary>
    public string Resolve(string value) => Expression().Replace(value, match => Resolve(match.Groups["path"].Value.Split('.')));

    /// <summary>The variable that holds a parameter.</summary>
    public static string VariableOf(string parameter) => parameter.Replace('-', '_').ToUpperInvariant();

    private IEnumerable<JsonProperty> OfType(string type) =>
        _resources.EnumerateObject().Where(resource => resource.Value.GetProperty("type").GetString() == type);

    private string Resolve(string[] path)
    {
        var resource = _resources.GetProperty(path[0]);
        return (resource.GetProperty("type").GetString(), path[1]) switch
        {
            ("parameter.v0", _) => $"${{{VariableOf(path[0])}:?}}",
            (_, "bindings") => Resolve(path[0], resource.GetProperty("bindings").GetProperty(path[2]), path[3]),
            _ => Resolve(resource.GetProperty(path[1]).GetString()!),
        };
    }

    private static string Resolve(string host, JsonElement binding, string property)
    {
        var port = binding.TryGetProperty("targetPort", out var target) ? target.GetInt32() : DefaultPort;
        return property switch
        {
            "host" => host,
            "port" or "targetPort" => $"{port}",
            "url" => $"{binding.GetProperty("scheme").GetString()}://{host}:{port}",
            _ => throw new ArgumentOutOfRangeException(nameof(property), property, "The property of a binding is unknown."),
        };
    }

    [GeneratedRegex(@"\{(?<path>[^{}]+)\}")]
    private static partial Regex Expression();
}
