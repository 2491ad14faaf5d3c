using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using QatPipeline.Contracts.Specification;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Specification;

/// <summary>What the single values of a specification must keep to.</summary>
/// <param name="source">What errors call the specification.</param>
/// <param name="roots">The folders that it may name files in.</param>
internal sealed class ValueRules(string source, DataRoots roots)
{
    /// <summary>Characters of the longest path, and so of the longest text.</summary>
    public const int LongestPath = 4096;

    private const int LongestName = 200;

    /// <summary>Checks the record's values, and those of the records in it.</summary>
    /// <exception cref="SpecificationException">A value is missing, out of range, too long, or a path outside the roots.</exception>
    public void Check(object record, string key)
    {
        foreach (var property in record.GetType().GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var path = key.Length == 0 ? name : $"{key}.{name}";
            if (property.GetValue(record) is { } value)
            {
                Check(value, property, path);
            }
            else if (new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull)
            {
                throw new SpecificationException($"{source}: '{path}' has no value.");
            }
        }
    }

    private void Check(object value, PropertyInfo property, string path)
    {
        if (property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(rule => !rule.IsValid(value)) is { } broken)
        {
            throw Error(path, string.Create(
                CultureInfo.InvariantCulture, $"is {SpecificationRules.Shortened(value)}, but must be {SpecificationRules.Describe(broken)}"));
        }

        switch (value)
        {
            case string text when property.GetCustomAttribute<FilePathAttribute>() is { } file && !file.Words.Contains(text):
                CheckText(text, LongestPath, path);
                roots.Require(source, path, text);
                break;
            case string text:
                CheckText(text, LongestName, path);
                break;
            case IEnumerable list:
                CheckList([.. list.Cast<object?>()], path);
                break;
            case var _ when IsRecord(value):
                Check(value, path);
                break;
        }
    }

    private void CheckList(IReadOnlyList<object?> list, string path)
    {
        if (list.Count > Limits.Entries.Value)
        {
            throw Error(path, $"has {list.Count} entries; {Limits.Entries}");
        }

        foreach (var (index, item) in list.Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
            switch (item)
            {
                case null:
                    throw Error(place, "has no value");
                case string text:
                    CheckText(text, LongestName, place);
                    break;
                case var _ when IsRecord(item):
                    Check(item, place);
                    break;
            }
        }
    }

    private void CheckText(string text, int longest, string path)
    {
        if (text.Length > longest || text.Contains('\0', StringComparison.Ordinal))
        {
            throw Error(path, $"has {text.Length} characters, but must have at most {longest} and no null among them");
        }
    }

    private static bool IsRecord(object value) => value.GetType().Namespace == typeof(RunSpecification).Namespace;

    private SpecificationException Error(string path, string message) => new($"{source}: '{path}' {message}");
}
