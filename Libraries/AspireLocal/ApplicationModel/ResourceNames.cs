using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names end up in host names, environment variables and orchestrator objects, so they are checked once, here.</summary>
internal static partial class ResourceNames
{
    private const int MaximumLength = 64;

    public static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > MaximumLength || !Allowed().IsMatch(name))
        {
            throw new ArgumentException(
                $"'{name}' is not a resource name: letters, digits and single hyphens, starting with a letter, "
                + $"at most {MaximumLength} characters.",
                nameof(name));
        }
    }

    /// <summary>The form of a name that environment variables allow: <c>dataset-loading</c> becomes <c>dataset_loading</c>.</summary>
    public static string ToEnvironmentVariable(string name) => NotInVariables().Replace(name, "_");

    [GeneratedRegex("^[A-Za-z](-?[A-Za-z0-9])*$")]
    private static partial Regex Allowed();

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex NotInVariables();
}
