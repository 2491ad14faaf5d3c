using QatPipeline.Engines.TensorRt;

namespace QatPipeline.Engines.Tests.TensorRt;

/// <summary>The command lines, word for word.</summary>
public sealed class TrtexecCommandTests
{
    private static readonly TrtexecCommand.Build Implicit =
        new("yolov6s.onnx", "yolov6s.b1.engine", EnginePrecision.Int8, "yolov6s.cache", null);

    private static readonly TrtexecCommand.Build Explicit =
        new("yolov6s.qdq.onnx", "yolov6s.b32.engine", EnginePrecision.Int8, null, ("images", [32, 3, 640, 640]));

    [Theory]
    [InlineData("8.2.5", "--onnx=yolov6s.onnx --saveEngine=yolov6s.b1.engine --int8 --fp16 --calib=yolov6s.cache --workspace=1024"
        + " --percentile=99 --streams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10")]
    [InlineData(
        "8.4.1", "--onnx=yolov6s.onnx --saveEngine=yolov6s.b1.engine --int8 --fp16 --calib=yolov6s.cache --memPoolSize=workspace:1024"
        + " --percentile=99 --streams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10")]
    [InlineData(
        "10.13.3", "--onnx=yolov6s.onnx --saveEngine=yolov6s.b1.engine --int8 --fp16 --calib=yolov6s.cache --memPoolSize=workspace:1024"
        + " --percentile=99 --infStreams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10")]
    public void Implicit_Golden(string version, string expected) => Assert.Equal(expected, Shell(version, Implicit));

    [Theory]
    [InlineData("8.4.1", "--onnx=yolov6s.qdq.onnx --saveEngine=yolov6s.b32.engine --int8 --fp16 --memPoolSize=workspace:1024"
        + " --shapes=images:32x3x640x640 --percentile=99 --streams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10")]
    [InlineData("10.13.3", "--onnx=yolov6s.qdq.onnx --saveEngine=yolov6s.b32.engine --int8 --fp16 --memPoolSize=workspace:1024"
        + " --shapes=images:32x3x640x640 --percentile=99 --infStreams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10")]
    [InlineData("11.1.0", "--onnx=yolov6s.qdq.onnx --saveEngine=yolov6s.b32.engine --memPoolSize=workspace:1024"
        + " --shapes=images:32x3x640x640 --percentile=99 --infStreams=1 --avgRuns=10 --warmUp=200 --duration=3 --iterations=10")]
    public void Explicit_Golden(string version, string expected) => Assert.Equal(expected, Shell(version, Explicit));

    [Theory]
    [InlineData(EnginePrecision.Half, "8.4.1", "--fp16")]
    [InlineData(EnginePrecision.Float, "10.0.0", "--noTF32")]
    public void OtherPrecisions_HaveTheirFlag(EnginePrecision precision, string version, string flag) =>
        Assert.Equal(
            [flag],
            Arguments(version, Explicit with { Precision = precision }).Where(argument => argument is "--fp16" or "--int8" or "--noTF32"));

    [Fact]
    public void Version11_RefusesTheImplicitRoute() =>
        Assert.Contains("qdq", Assert.Throws<EngineException>(() => Arguments("11.0.0", Implicit)).Message, StringComparison.Ordinal);

    [Fact]
    public void Version11_RefusesHalfPrecisionByFlag() =>
        Assert.Contains("strongly typed", Assert.Throws<EngineException>(
            () => Arguments("11.0.0", Explicit with { Precision = EnginePrecision.Half })).Message, StringComparison.Ordinal);

    [Fact]
    public void ExtraArguments_AndOptions_ArePassedOn()
    {
        var options = new TensorRtOptions { WorkspaceMiB = 4096, ExtraArguments = ["--plugins=libnms.so"] };
        var timing = new TimingOptions { Percentile = 99.5, Streams = 2, AvgRuns = 1000 };

        var arguments = TrtexecCommand.BuildArguments(Version("8.4.1"), Explicit, options, timing);

        Assert.Equal("--plugins=libnms.so", arguments[^1]);
        Assert.Superset(
            new HashSet<string> { "--memPoolSize=workspace:4096", "--percentile=99.5", "--streams=2", "--avgRuns=1000" },
            arguments.ToHashSet());
    }

    [Fact]
    public void Shell_QuotesWhatTheShellWouldTouch() => Assert.Equal(
        @"trtexec '--onnx=my model.onnx' '--shapes='\''Input:0'\'':1x3x64x64'",
        TrtexecCommand.ToShell("trtexec", ["--onnx=my model.onnx", "--shapes='Input:0':1x3x64x64"]));

    [Fact]
    public void InputNameWithAColon_IsQuotedForTrtexec() => Assert.Contains(
        "--shapes='Input:0':1x3x64x64",
        Arguments("8.4.1", Explicit with { Shape = ("Input:0", [1, 3, 64, 64]) }));

    [Theory]
    [InlineData("&&&& RUNNING TensorRT.trtexec [TensorRT v8401] # trtexec", "8.4.1", 8401)]
    [InlineData("&&&& RUNNING TensorRT.trtexec [TensorRT v100200] # trtexec", "10.2.0", 100200)]
    [InlineData("&&&& RUNNING TensorRT.trtexec [TensorRT v101303] [b9] # ./trtexec", "10.13.3", 101303)]
    [InlineData("&&&& RUNNING TensorRT.trtexec [TensorRT v11.1.0.106] [b48] # trtexec", "11.1.0", 110100)]
    public void Version_IsReadFromTheBanner(string banner, string version, int number)
    {
        Assert.Equal(Version(version), TrtexecVersion.FromBanner(banner));
        Assert.Equal(number, Version(version).Number);
    }

    [Fact]
    public void Version_IsUnknownWithoutABanner() => Assert.Null(TrtexecVersion.FromBanner("usage: something else"));

    private static string Shell(string version, TrtexecCommand.Build build) => string.Join(' ', Arguments(version, build));

    private static IReadOnlyList<string> Arguments(string version, TrtexecCommand.Build build) =>
        TrtexecCommand.BuildArguments(Version(version), build, new TensorRtOptions(), new TimingOptions());

    private static TrtexecVersion Version(string text) => text.Split('.').Select(int.Parse).ToArray() is [var major, var minor, var patch]
        ? new(major, minor, patch)
        : throw new ArgumentException(text, nameof(text));
}
