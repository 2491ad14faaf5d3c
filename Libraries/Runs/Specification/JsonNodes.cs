using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace QatPipeline.Runs.Specification;

/// <summary>JSON that is parsed already as the nodes that a specification is bound from.</summary>
internal static class JsonNodes
{
    public static YamlNode Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => Mapping(json),
        JsonValueKind.Array => new YamlSequenceNode(json.EnumerateArray().Select(Of)),
        JsonValueKind.String => Text(json.GetString()!),
        JsonValueKind.Null or JsonValueKind.Undefined => Plain("null"),
        _ => Plain(json.GetRawText()),
    };

    // Of members with one name the last counts, as everywhere in JSON.
    private static YamlMappingNode Mapping(JsonElement json)
    {
        var mapping = new YamlMappingNode();
        foreach (var member in json.EnumerateObject())
        {
            mapping.Children[Text(member.Name)] = Of(member.Value);
        }

        return mapping;
    }

    private static YamlScalarNode Text(string value) => new(value) { Style = ScalarStyle.DoubleQuoted };

    private static YamlScalarNode Plain(string value) => new(value) { Style = ScalarStyle.Plain };
}
