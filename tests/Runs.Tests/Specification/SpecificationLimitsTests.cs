using System.Globalization;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tests.TestStages;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Runs.Tests.Specification;

/// <summary>What is at a limit is accepted, what is one beyond is refused, with the limit's key in the message.</summary>
public sealed class SpecificationLimitsTests
{
    private const string Head = """
        name: limits
        model: { onnx: /m.onnx }
        qat: null

        """;

    private const string Data = "data: { calibration: [ &set { yolo: /d } ], validation: [ *set ] }\n";

    public static TheoryData<string> Attacks => [.. HostileSpecifications.All.Keys];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Parse_Hostile_IsRefusedInLittleMemory(string attack)
    {
        var (text, limit) = HostileSpecifications.All[attack];
        var memory = new ProcessMemory();

        var exception = Refused(text);

        Assert.Contains(limit, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Line);
        Assert.True(exception.Message.Length < 500);
        Assert.True(memory.PeakGrowth < 300);
    }

    // The specification itself is the first level.
    [Theory]
    [InlineData(63, "'name' must be a text")]
    [InlineData(64, "nested too deeply; at most 64 levels are accepted (Limits__Nesting)")]
    public void Parse_Nesting_EndsAtTheLimit(int levels, string expected) =>
        Assert.Contains(
            expected, Refused($"name: {new string('[', levels)}{new string(']', levels)}\n").Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_Aliases_EndAtTheLimit()
    {
        var repeated = string.Concat(Enumerable.Repeat(", *set", 62));

        Assert.Equal(63, Parse(Head + Data.Replace("*set ", $"*set {repeated} ", StringComparison.Ordinal)).Data.Validation.Count);
        Assert.Contains(
            "at most 64 anchors and aliases are accepted (Limits__Aliases)",
            Refused(Head + Data.Replace("*set ", $"*set {repeated}, *set ", StringComparison.Ordinal)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qat: &a [*a]")]
    [InlineData("qat: *nowhere")]
    [InlineData("qat: &a { *a : 1 }")]
    public void Parse_AliasWithoutAnEnd_IsRefused(string text) =>
        Assert.Contains("stands for nothing that came before it", Refused(text).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_SecondDocument_IsRefused() =>
        Assert.Equal(
            "the request:5: a run specification is one document, and here a second one starts",
            Refused($"{Head}{Data}---\nname: second\n").Message);

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void Parse_Name_EndsAtTheLimit(int length, bool isAccepted)
    {
        var text = Head.Replace("limits", new string('n', length), StringComparison.Ordinal) + Data;

        var exception = Record.Exception(() => Parse(text));

        Assert.Equal(
            isAccepted ? null : "the request: 'name' has 201 characters, but must have at most 200 and no null among them", exception?.Message);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void Parse_Path_EndsAtTheLimit(int length, bool isAccepted) =>
        Assert.Equal(
            isAccepted,
            Record.Exception(() => Parse(Head.Replace("/m.onnx", "/" + new string('p', length - 1), StringComparison.Ordinal) + Data)) is null);

    [Fact]
    public void Parse_NullCharacter_IsRefused() =>
        Assert.Contains(
            "a text holds a null character",
            Refused(Head.Replace("/m.onnx", "\"/m\\0.onnx\"", StringComparison.Ordinal) + Data).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void Check_ListOfAnEvent_EndsAtTheLimit(int entries, bool isAccepted)
    {
        var specification = ScriptedStage.Specification() with
        {
            Calibration = new CalibrationSpecification { Methods = [.. Enumerable.Repeat("max", entries)] },
        };

        var exception = Record.Exception(() => SpecificationRules.Check(specification, "the event"));

        Assert.Equal(
            isAccepted ? null : "the event: 'calibration.methods' has 10001 entries; at most 10000 entries are accepted (Limits__Entries)",
            exception?.Message);
    }

    [Fact]
    public void Check_TextOfAnEvent_EndsAtTheLimit() =>
        Assert.Contains(
            "'partial.skip[1]' has 201 characters",
            Assert.Throws<SpecificationException>(() => SpecificationRules.Check(
                ScriptedStage.Specification() with { Partial = new PartialSpecification { Skip = ["a", new string('s', 201)] } },
                "the event")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Parse_RandomTexts_AreReadOrRefused()
    {
        // Of pieces that the grammar is made of: nothing but a refusal may come of them.
        string[] pieces = ["[", "]", "{", "}", "a: ", "- ", "\n", "  ", "&a ", "*a ", "? ", ": ", "\"", "'", "|\n", "--- ", "!!", "%", "#", ",", "\t", "0"];
        var random = new Random(13);
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(random.GetItems(pieces, random.Next(1, 60)));
            var exception = Record.Exception(() => Parse(text));
            Assert.True(exception is SpecificationException, string.Create(CultureInfo.InvariantCulture, $"{text}: {exception}"));
        }
    }

    private static RunSpecification Parse(string text) =>
        RunSpecificationLoader.ParseSubmitted(text, "the request", DataRoots.Unlimited);

    private static SpecificationException Refused(string text) => Assert.Throws<SpecificationException>(() => Parse(text));
}
