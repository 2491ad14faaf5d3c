using System.Text.RegularExpressions;

namespace QatPipeline.Reporting.Tests;

/// <summary>README and docs point at files that exist.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Documents =>
        [.. Directory.EnumerateFiles(Path.Combine(TestData.RepositoryRoot, "docs"), "*.md").Select(path => Path.GetRelativePath(TestData.RepositoryRoot, path)), "README.md"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadSomewhere(string document)
    {
        var path = Path.Combine(TestData.RepositoryRoot, document);

        var links = Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));

        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, link)), $"{document} links to {link}"));
    }

    [GeneratedRegex(@"\]\(([^)#]+)")]
    private static partial Regex Link();
}
