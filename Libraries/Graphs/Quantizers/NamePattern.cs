using System.Text.RegularExpressions;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>A glob over names: <c>*</c> is any run of characters, <c>?</c> any one, everything else itself.</summary>
internal sealed class NamePattern(string glob)
{
    private readonly Regex _regex = new(
        $"^{Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);

    public bool Matches(string name) => _regex.IsMatch(name);
}
