using System.Text.RegularExpressions;

namespace QatPipeline.Architecture.Tests;

/// <summary>Tests have one form of name: Method_Condition_Result, or Method_Result where there is no condition.</summary>
public sealed partial class TestNamesTests
{
    [Fact]
    public void Tests_OfEveryProject_AreNamedMethodConditionResult() => Assert.Empty(
        from file in Directory.EnumerateFiles(Path.Combine(TestData.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories)
        where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
        from test in Test().Matches(File.ReadAllText(file))
        let name = test.Groups["name"].Value
        where !Form().IsMatch(name)
        select $"{name} in {Path.GetRelativePath(TestData.RepositoryRoot, file)}");

    [Theory]
    [InlineData("Read_MissingFile_NamesIt", true)]
    [InlineData("Read_KeepsTheOrder", true)]
    [InlineData("ReadKeepsTheOrder", false)]
    [InlineData("The_order_is_kept", false)]
    public void Form_OfAName_IsRecognized(string name, bool expected) => Assert.Equal(expected, Form().IsMatch(name));

    [GeneratedRegex(@"\[(Fact|Theory)\b.*\n(\s*\[.*\n)*\s*public (async )?[\w<>]+ (?<name>\w+)\(")]
    private static partial Regex Test();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*(_[A-Z][A-Za-z0-9]*){1,3}$")]
    private static partial Regex Form();
}
