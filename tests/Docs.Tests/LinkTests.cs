using System.Text.RegularExpressions;

namespace QatPipeline.Docs.Tests;

/// <summary>README and docs point at files that exist.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Documents => [.. Document.All.Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadSomewhere(string name)
    {
        var document = new Document(name);

        var links = Link()
            .Matches(document.Text).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));

        var folder = Path.GetDirectoryName(document.FullPath)!;
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(folder, link)), $"{name} links to {link}"));
    }

    [GeneratedRegex(@"\]\(([^)#]+)")]
    private static partial Regex Link();
}
