using System.Text;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets.TensorRt;

namespace QatPipeline.Graphs.Tests.Targets.TensorRt;

public sealed class CalibrationCacheTests
{
    public static TheoryData<string, string, string, int> RealCaches => new()
    {
        { "trt101200_entropy2_yolov8.cache", "101200", "EntropyCalibration2", 431 },
        { "trt7203_entropy2_ssd300vgg.cache", "7203", "EntropyCalibration2", 125 },
        { "trt8400_minmax_vgg16.cache", "8400", "MinMaxCalibration", 67 },
        { "trt8502_entropy2_yolov5s_deepstream.cache", "8502", "EntropyCalibration2", 313 },
    };

    [Theory]
    [MemberData(nameof(RealCaches))]
    public void RealCache_RoundTripsByteForByte(string file, string version, string algorithm, int entries)
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var path = TestData.PathOf("trt_calibration_caches", file);

        var cache = CalibrationCache.Read(path);

        Assert.Equal((version, algorithm, entries), (cache.Version, cache.Algorithm, cache.Entries.Count));
        Assert.Equal(File.ReadAllBytes(path), cache.ToBytes());
    }

    [Fact]
    public void ToBytes_ReproducesTheReferencesExample()
    {
        var cache = new CalibrationCache(
            "8400",
            CalibrationCache.EntropyCalibration2,
            [.. new[] { 1f, 6.2489f, 6.25f, 15.5406f, 15.5390625f, 127f }.Select(
                (amax, index) => new CalibrationCacheEntry($"t{index}", amax / 127))]);

        Assert.Equal(
            "TRT-8400-EntropyCalibration2\nt0: 3c010204\nt1: 3d498a11\nt2: 3d499326\nt3: 3dfa9b83\nt4: 3dfa952a\nt5: 3f800000\n",
            Encoding.UTF8.GetString(cache.ToBytes()));
    }

    [Fact]
    public void Parse_NameWithSeparators_SplitsAtTheLast()
    {
        var cache = CalibrationCache.Parse("TRT-7203-EntropyCalibration2\n(Unnamed Layer* 3): 0 [x]: y:0: 3f800000\r\n"u8);

        Assert.Equal([new CalibrationCacheEntry("(Unnamed Layer* 3): 0 [x]: y:0", 1)], cache.Entries);
    }

    [Fact]
    public void Parse_WithoutLeadingZeros_IsWhatTensorRtWrites()
    {
        var text = "TRT-8401-EntropyCalibration2\n(Unnamed Layer* 64) [Shuffle]_output: 0\nx: 3f800000\n"u8;

        var cache = CalibrationCache.Parse(text);

        Assert.Equal([0f, 1f], cache.Entries.Select(entry => entry.Scale));
        Assert.Equal(text, cache.ToBytes());
    }

    [Theory]
    [InlineData("x: 3f800000\ny: 0\n", LintSeverity.Warning, "zero-scale")]
    [InlineData("x: 1\n", LintSeverity.Warning, "tiny-scale")]
    [InlineData("x: bf800000\n", LintSeverity.Error, "broken-scale")]
    [InlineData("x: 7f800000\n", LintSeverity.Error, "broken-scale")]
    [InlineData("x: 7fc00000\n", LintSeverity.Error, "broken-scale")]
    [InlineData("x: 3f800000\nx: 3f800001\n", LintSeverity.Error, "listed-twice")]
    [InlineData("x: 3f800000\nx: 3f800000\n", LintSeverity.Warning, "listed-twice")]
    public void Findings_ScaleThatIsNone_NamesIt(string entries, LintSeverity severity, string code)
    {
        var cache = CalibrationCache.Parse(Encoding.UTF8.GetBytes($"TRT-8-A\n{entries}"));

        var finding = Assert.Single(CacheChecks.Findings(cache));

        Assert.Equal((severity, code), (finding.Severity, finding.Code));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("TRT", "line 1")]
    [InlineData("TRT--x", "line 1")]
    [InlineData("TRT-8-", "line 1")]
    [InlineData("TRT-8-A\nx: 3f8000000\n", "line 2")]
    [InlineData("TRT-8-A\nx: \n", "line 2")]
    [InlineData("TRT-8-A\nx: 3f800000\n: 3f800000\n", "line 3")]
    [InlineData("TRT-8-A\nx: 3f80000g\n", "line 2")]
    [InlineData("TRT-8-A\nx 3f800000\n", "line 2")]
    public void Parse_Malformed_NamesTheLine(string text, string place) =>
        Assert.Contains(
            place,
            Assert.Throws<GraphException>(() => CalibrationCache.Parse(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Parse_NotText_IsRefused() =>
        Assert.Throws<GraphException>(() => CalibrationCache.Parse([0xff, 0xfe, 0x80]));
}
