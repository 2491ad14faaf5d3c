using System.Text.RegularExpressions;

namespace QatPipeline.Docs.Tests;

/// <summary>README.md, CONTRIBUTING.md or a document in docs/, and the code blocks in it.</summary>
internal sealed partial class Document(string name)
{
    /// <summary>README.md, CONTRIBUTING.md and docs/*.md, by their path in the repository.</summary>
    public static IEnumerable<Document> All =>
        Directory.EnumerateFiles(Path.Combine(TestData.RepositoryRoot, "docs"), "*.md")
            .Select(path => Path.GetRelativePath(TestData.RepositoryRoot, path))
            .Order(StringComparer.Ordinal)
            .Prepend("CONTRIBUTING.md")
            .Prepend("README.md")
            .Select(name => new Document(name));

    public static Document Readme => new("README.md");

    public string Name => name;

    public string FullPath => Path.Combine(TestData.RepositoryRoot, name);

    public string Text { get; } = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, name));

    /// <summary>The fenced blocks of a language, without their fences.</summary>
    public IEnumerable<string> Blocks(string language) =>
        Fence().Matches(Text).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["content"].Value);

    /// <summary>The commands of all shell blocks in order, without comments.</summary>
    public IEnumerable<string> Commands => Blocks("sh").SelectMany(block => block.Split('\n'))
        .Select(line => Comment().Replace(line, "").Trim())
        .Where(line => line.Length > 0);

    /// <summary>Lines that look like commands but stand in no shell block, where no test would see them.</summary>
    public IEnumerable<string> StrayCommands => Fence().Replace(Text, "").Split('\n').Where(line => CommandLine().IsMatch(line));

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<content>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(^|\s\s+)# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s{4,}(\./qat |dotnet |git |curl |export |samples/|eng/)")]
    private static partial Regex CommandLine();
}
