using System.Text.Json;
using System.Text.Json.Nodes;

namespace QatPipeline.TestSupport;

/// <summary>
/// The part of JSON Schema that the exporter writes: types, properties, required members, items, additional properties, references.
/// </summary>
public static class SchemaValidator
{
    /// <summary>What is wrong with the value, each with its path; nothing where it is valid.</summary>
    public static IEnumerable<string> Validate(JsonNode schema, JsonNode? value) => Validate(schema, schema, value, "$");

    private static IEnumerable<string> Validate(JsonNode root, JsonNode schema, JsonNode? value, string path)
    {
        if (schema is not JsonObject rules)
        {
            return [];
        }

        if (rules["$ref"]?.GetValue<string>() is { } reference)
        {
            return Validate(root, Resolve(root, reference), value, path);
        }

        string[] types = rules["type"] switch
        {
            JsonArray several => [.. several.Select(type => type!.GetValue<string>())],
            { } one => [one.GetValue<string>()],
            null => [],
        };
        if (types.Length > 0 && !types.Any(type => Matches(type, value)))
        {
            return [$"{path}: is no {string.Join(" or ", types)}"];
        }

        return value switch
        {
            JsonObject members => Members(root, rules, members, path),
            JsonArray items when rules["items"] is { } item => items.SelectMany(
                (element, index) => Validate(root, item, element, $"{path}[{index}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> Members(JsonNode root, JsonObject rules, JsonObject members, string path)
    {
        var missing = (rules["required"]?.AsArray() ?? [])
            .Select(name => name!.GetValue<string>()).Where(name => !members.ContainsKey(name));
        var wrong = members.SelectMany(member => (rules["properties"]?[member.Key] ?? rules["additionalProperties"]) is { } schema
            ? Validate(root, schema, member.Value, $"{path}.{member.Key}")
            : []);
        return missing.Select(name => $"{path}: '{name}' is missing").Concat(wrong);
    }

    private static JsonNode Resolve(JsonNode root, string reference) =>
        reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(root, (node, part) => node is JsonArray array
                ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]!
                : node[part]!);

    private static bool Matches(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) => true,
        ("object", JsonValueKind.Object) => true,
        ("array", JsonValueKind.Array) => true,
        ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("number" or "integer", JsonValueKind.Number) => true,
        _ => false,
    };
}
