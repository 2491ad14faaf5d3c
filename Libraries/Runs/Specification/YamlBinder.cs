using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using QatPipeline.Contracts.Specification;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace QatPipeline.Runs.Specification;

/// <summary>Binds YAML to the specification's records: strict about keys, with the line and full key in every error.</summary>
/// <param name="source">What errors call the text.</param>
/// <param name="baseFolder">
/// The folder relative paths are relative to; null for a text from another machine, where paths must be absolute.
/// </param>
/// <param name="expandsReferences">Whether references to the environment are expanded; otherwise they stay as they are.</param>
/// <param name="roots">The folders that files must lie in.</param>
internal sealed class YamlBinder(string source, string? baseFolder, bool expandsReferences, DataRoots roots)
{
    public string Source => source;

    /// <summary>Binds a node to a record, list, string, number or switch.</summary>
    public object Bind(YamlNode node, Type type, string key) => node switch
    {
        YamlMappingNode mapping when IsRecord(type) => BindRecord(mapping, type, key),
        YamlSequenceNode sequence when ElementTypeOf(type) is { } element => BindList(sequence, element, key),
        YamlScalarNode scalar when !IsRecord(type) && ElementTypeOf(type) is null => BindScalar(scalar, type, key),
        _ => throw Error(node, $"'{key}' must be {Describe(type)}"),
    };

    private object BindRecord(YamlMappingNode mapping, Type type, string key)
    {
        var properties = type.GetProperties()
            .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), StringComparer.Ordinal);
        var record = Activator.CreateInstance(type)!;
        foreach (var (keyNode, valueNode) in mapping.Children)
        {
            var name = (keyNode as YamlScalarNode)?.Value ?? "";
            var path = key.Length == 0 ? name : $"{key}.{name}";
            if (!properties.TryGetValue(name, out var property))
            {
                throw Error(keyNode, $"unknown key '{SpecificationRules.Shortened(path)}'{Suggest(name, properties.Keys)}");
            }

            property.SetValue(record, BindProperty(valueNode, property, path));
        }

        var missing = properties.FirstOrDefault(pair =>
            pair.Value.GetCustomAttribute<RequiredMemberAttribute>() is not null
                && !mapping.Children.ContainsKey(new YamlScalarNode(pair.Key)));
        return missing.Key is null
            ? record
            : throw Error(mapping, $"key '{(key.Length == 0 ? missing.Key : $"{key}.{missing.Key}")}' is missing");
    }

    private object? BindProperty(YamlNode node, PropertyInfo property, string path)
    {
        var nullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "null" or "~" })
        {
            return nullable ? null : throw Error(node, $"'{path}' has no value");
        }

        var value = Bind(node, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, path);
        if (property.GetCustomAttribute<FilePathAttribute>() is { } file && !file.Words.Contains((string)value))
        {
            value = Absolute(node, (string)value, path);
        }

        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value))
            {
                throw Error(node, $"'{path}' is {SpecificationRules.Shortened(value)}, but must be {SpecificationRules.Describe(rule)}");
            }
        }

        return value;
    }

    private IList BindList(YamlSequenceNode sequence, Type element, string key)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (var (item, index) in sequence.Children.Select((item, index) => (item, index)))
        {
            list.Add(Bind(item, element, string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]")));
        }

        return list;
    }

    private object BindScalar(YamlScalarNode scalar, Type type, string key)
    {
        var text = expandsReferences ? EnvironmentReferences.Expand(scalar.Value ?? "") : scalar.Value ?? "";
        var culture = CultureInfo.InvariantCulture;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => text,
            TypeCode.Boolean when bool.TryParse(text, out var value) => value,
            TypeCode.Int32 when int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var value) => value,
            TypeCode.Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var value) => value,
            TypeCode.Double when double.TryParse(text, NumberStyles.Float, culture, out var value) && double.IsFinite(value) => value,
            _ => throw Error(scalar, $"'{key}' is '{SpecificationRules.Shortened(text)}', but must be {Describe(type)}"),
        };
    }

    private static bool IsRecord(Type type) => type.IsClass && type.Namespace == typeof(RunSpecification).Namespace;

    private static Type? ElementTypeOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        TypeCode.String => "a text",
        _ => ElementTypeOf(type) is null ? "a mapping of keys" : "a list",
    };

    private string Absolute(YamlNode node, string path, string key)
    {
        if (baseFolder is null && !Path.IsPathRooted(path))
        {
            throw Error(node, $"'{key}' is '{path}', but must be an absolute path: the services run elsewhere");
        }

        var absolute = Path.GetFullPath(Path.Combine(baseFolder ?? "/", path));
        return roots.Allows(absolute) ? absolute : throw Error(node, roots.Refusal(key, path));
    }

    private static string Suggest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(candidate => EditDistance(name, candidate))!;
        return EditDistance(name, nearest) <= Math.Max(2, nearest.Length / 3)
            ? $"; did you mean '{nearest}'?"
            : $"; known here: {string.Join(", ", known)}";
    }

    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }

    private SpecificationException Error(YamlNode node, string message) =>
        new($"{source}:{node.Start.Line}: {message}") { Line = (int)node.Start.Line };
}
