using QatPipeline.Runs.Specification;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Docs.Tests;

/// <summary>The commands of README.md and docs/ are such as exist, and none escapes the tests that run them.</summary>
public sealed class CommandTests
{
    private static readonly string[] Programs = ["./qat ", "run=$(./qat ", "sha256sum "];
    private static readonly string[] ShellVerbs = ["setup", "test", "up"];

    public static TheoryData<string> Documents => [.. Document.All.Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Commands_StandInShellBlocks(string document) => Assert.Empty(new Document(document).StrayCommands);

    [Fact]
    public void EveryCommand_IsRunByTheWalk_OrByATestThatIsThere()
    {
        var commands = Document.All.SelectMany(document => document.Commands).ToHashSet();

        Assert.All(CoveredCommands.All, entry =>
        {
            Assert.Contains(entry.Key, commands);
            var file = Path.Combine(TestData.RepositoryRoot, entry.Value.File);
            Assert.Contains(entry.Value.Text, File.ReadAllText(file), StringComparison.Ordinal);
        });
        Assert.All(commands.Where(command => CoveredCommands.Of(command) is null), command => Assert.True(
            Programs.Any(program => command.StartsWith(program, StringComparison.Ordinal)),
            $"'{command}' is none that the walk can run: name the test that does in CoveredCommands"));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Options_AreThoseOfTheVerb(string document)
    {
        var used = new Document(document).Commands.Select(Words).Where(words => words is ["./qat", _, ..])
            .GroupBy(words => words[1], words => words.Skip(2).Where(word => word.StartsWith("--", StringComparison.Ordinal)));
        foreach (var verb in used)
        {
            var help = await HelpAsync(verb.Key);
            Assert.All(verb.SelectMany(options => options).Distinct(), option => Assert.Contains(option, help, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Specifications_AreRead(string document)
    {
        Assert.All(new Document(document).Blocks("yaml"), block => RunSpecificationLoader.Parse(block, document, "/"));
    }

    // $(./qat submit FILE) counts as the command inside.
    private static string[] Words(string command) =>
        command.Replace("run=$(", "", StringComparison.Ordinal).TrimEnd(')').Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> HelpAsync(string verb)
    {
        var file = ShellVerbs.Contains(verb)
            ? Path.Combine(TestData.RepositoryRoot, "eng", $"{verb}.sh")
            : BuiltProgram.PathOf("Cli", "qat");
        using var help = ChildProcess.Start(
            file, ShellVerbs.Contains(verb) ? ["--help"] : [verb, "--help"], new Dictionary<string, string>());
        return await help.WaitForOutputAsync(TestContext.Current.CancellationToken);
    }
}
