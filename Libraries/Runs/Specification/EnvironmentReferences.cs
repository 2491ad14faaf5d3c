using System.Text.RegularExpressions;

namespace QatPipeline.Runs.Specification;

/// <summary>Replaces <c>${NAME}</c> and <c>${NAME:-default}</c> by environment variables, as shells do.</summary>
internal static partial class EnvironmentReferences
{
    public static string Expand(string text) => Reference().Replace(text, match =>
        Environment.GetEnvironmentVariable(match.Groups["name"].Value) is { Length: > 0 } value ? value : match.Groups["default"].Value);

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}")]
    private static partial Regex Reference();
}
