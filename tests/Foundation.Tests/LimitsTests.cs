using System.Globalization;

namespace QatPipeline.Foundation.Tests;

public sealed class LimitsTests
{
    [Fact]
    public void Documentation_NamesEveryLimitWithItsDefault()
    {
        var text = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "operations.md"));

        Assert.All(
            typeof(Limits).GetProperties().Select(property => (Limit)property.GetValue(null)!),
            limit => Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"| `{limit.Key}` | {limit.Value} |"), text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("1", 1)]
    [InlineData("9", 9)]
    public void Value_OfTheEnvironment_GoesBeforeTheDefault(string text, long expected)
    {
        Environment.SetEnvironmentVariable($"Limits__Good{text}", text);

        Assert.Equal(expected, new Limit($"Good{text}", "things", 5, 9).Value);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("10")]
    [InlineData("-1")]
    [InlineData("many")]
    public void Value_OutOfRange_NamesKeyAndRange(string text)
    {
        Environment.SetEnvironmentVariable($"Limits__Bad{text}", text);

        var error = Assert.Throws<LimitException>(() => new Limit($"Bad{text}", "things", 5, 9).Value);

        Assert.Equal($"Limits__Bad{text} is '{text}', but must be a whole number from 1 to 9.", error.Message);
    }
}
