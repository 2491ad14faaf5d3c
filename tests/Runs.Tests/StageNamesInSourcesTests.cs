using System.Text.RegularExpressions;

namespace QatPipeline.Runs.Tests;

/// <summary>The order of the stages stands in one file.</summary>
public sealed partial class StageNamesInSourcesTests
{
    private const int Many = 3;

    private static readonly string[] Production = ["AppHost", "Cli", "Libraries", "ServiceDefaults", "Services"];

    private static readonly HashSet<string> Names =
        [.. StageTable.Standard.Rows.Select(row => row.Name), .. StageTable.Standard.Events.Select(type => type.Name)];

    [Fact]
    public void Sources_NamingThreeOrMoreStagesOrTheirEvents_AreTheTableAlone() =>
        Assert.Equal(
            [Path.Combine("Libraries", "Runs", "StageTable.cs")],
            Sources().Where(file => NamesIn(File.ReadAllText(Path.Combine(TestData.RepositoryRoot, file))) >= Many).Order());

    [Theory]
    [InlineData("StageNames.Qat, StageNames.Build, StageNames.Build", 2)]
    [InlineData("IConsumer<DatasetPrepared>, IConsumer<ModelCalibrated>, IConsumer<EngineBuilt>", 3)]
    [InlineData("case \"dataset\": case \"train-float\": case \"evaluate\":", 3)]
    [InlineData("/// a run is built and evaluated; see Build", 0)]
    public void NamesIn_Text_CountsConstantsEventsAndLiterals(string text, int expected) => Assert.Equal(expected, NamesIn(text));

    private static IEnumerable<string> Sources() => Production
        .SelectMany(folder => Directory.EnumerateFiles(
            Path.Combine(TestData.RepositoryRoot, folder), "*.*", SearchOption.AllDirectories))
        .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
        .Select(file => Path.GetRelativePath(TestData.RepositoryRoot, file))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    // A constant counts for the name it has: StageNames.TrainFloat for train-float.
    private static int NamesIn(string text) => Name().Matches(text)
        .Select(match => match.Groups["constant"] is { Success: true, Value: var constant } ? Kebab(constant) : match.Groups["other"].Value)
        .Where(Names.Contains)
        .Distinct()
        .Count();

    private static string Kebab(string name) =>
        string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"-{letter}" : $"{letter}")).ToLowerInvariant();

    [GeneratedRegex("""StageNames\.(?<constant>\w+)|"(?<other>[a-z-]+)"|\b(?<other>[A-Z]\w+)\b""")]
    private static partial Regex Name();
}
