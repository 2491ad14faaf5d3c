using System.Text.Json;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Tests.Json;

public sealed class CanonicalJsonTests
{
    // RFC 8785, appendix B.
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Of_Double_IsTheShortestEcmaScriptNumber(long bits, string expected) =>
        Assert.Equal(expected, CanonicalJson.Of(BitConverter.Int64BitsToDouble(bits)));

    [Fact]
    public void Of_NegativeDouble_HasItsSign() => Assert.Equal("-0.00001", CanonicalJson.Of(-1e-5));

    [Fact]
    public void Of_LargeInteger_KeepsAllDigits() => Assert.Equal("9223372036854775807", CanonicalJson.Of(long.MaxValue));

    // RFC 8785, section 3.2.3.
    [Fact]
    public void Of_Object_SortsMembersByCodeUnits()
    {
        var value = JsonSerializer.Deserialize<JsonElement>(
            """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Smiley","\u0080":"Control","\u00f6":"o"}""");
        Assert.Equal(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"o\",\"\u20ac\":\"Euro Sign\","
            + "\"\ud83d\ude00\":\"Smiley\",\"\ufb33\":\"Hebrew\"}",
            CanonicalJson.Of(value));
    }

    [Fact]
    public void Of_NestedValues_HasNoWhiteSpaceAndFewestEscapes() =>
        Assert.Equal(
            """{"a":[1,true,null,{}],"b":"\u000f\"/\\"}""",
            CanonicalJson.Of(new { b = "\u000f\"/\\", a = new object?[] { 1.0, true, null, new { } } }));
}
