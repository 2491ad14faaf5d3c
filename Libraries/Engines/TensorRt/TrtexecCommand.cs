using System.Globalization;

namespace QatPipeline.Engines.TensorRt;

/// <summary>trtexec's arguments, by version.</summary>
internal static class TrtexecCommand
{
    /// <summary>What one build needs, with paths as trtexec sees them.</summary>
    /// <param name="Onnx">The model.</param>
    /// <param name="Engine">The engine to write.</param>
    /// <param name="Precision">The kernels allowed.</param>
    /// <param name="Cache">The calibration cache of the implicit route.</param>
    /// <param name="Shape">The shape of an open batch: name and dimensions; null for a fixed model, which takes none.</param>
    public sealed record Build(
        string Onnx, string Engine, EnginePrecision Precision, string? Cache, (string Name, IReadOnlyList<int> Dimensions)? Shape);

    /// <summary>Builds an engine and times it in the same run.</summary>
    /// <exception cref="EngineException">The version has no way to build that.</exception>
    public static IReadOnlyList<string> BuildArguments(
        TrtexecVersion version, Build build, TensorRtOptions options, TimingOptions timing) =>
    [
        $"--onnx={build.Onnx}",
        $"--saveEngine={build.Engine}",
        .. PrecisionArguments(version, build),
        version.HasMemoryPools ? $"--memPoolSize=workspace:{options.WorkspaceMiB}" : $"--workspace={options.WorkspaceMiB}",
        .. ShapeArguments(build.Shape),
        .. TimingArguments(version, timing),
        .. options.ExtraArguments,
    ];

    /// <summary>Times an engine that is there.</summary>
    public static IReadOnlyList<string> MeasureArguments(
        TrtexecVersion version, string engine, (string Name, IReadOnlyList<int> Dimensions)? shape, TimingOptions timing) =>
        [$"--loadEngine={engine}", .. ShapeArguments(shape), .. TimingArguments(version, timing)];

    /// <summary>Runs an engine once over values from a file and writes its outputs as JSON.</summary>
    public static IReadOnlyList<string> RunArguments(
        string engine, (string Name, IReadOnlyList<int> Dimensions)? shape, string inputName, string inputFile, string outputFile) =>
    [
        $"--loadEngine={engine}",
        .. ShapeArguments(shape),
        $"--loadInputs={Quoted(inputName)}:{inputFile}",
        $"--exportOutput={outputFile}",
        "--warmUp=0",
        "--duration=0",
        "--iterations=1",
    ];

    /// <summary>The arguments as one would type them in a POSIX shell.</summary>
    public static string ToShell(string program, IEnumerable<string> arguments) =>
        string.Join(' ', arguments.Prepend(program).Select(ShellWord));

    private static IEnumerable<string> PrecisionArguments(TrtexecVersion version, Build build)
    {
        if (version.TakesPrecisionFromModel)
        {
            if (build.Cache is not null)
            {
                throw new EngineException(
                    $"TensorRT {version} reads no calibration cache: implicit quantization ended with version 10. "
                    + "Build from the explicit form (tensorrt-qdq) instead.");
            }

            if (build.Precision == EnginePrecision.Half)
            {
                throw new EngineException(
                    $"TensorRT {version} has no --fp16: networks are strongly typed. "
                    + "Export the model with float16 tensors and build it as Float.");
            }

            return [];
        }

        return build.Precision switch
        {
            EnginePrecision.Int8 when build.Cache is { } cache => ["--int8", "--fp16", $"--calib={cache}"],
            EnginePrecision.Int8 => ["--int8", "--fp16"],
            EnginePrecision.Half => ["--fp16"],
            _ => ["--noTF32"],
        };
    }

    private static IEnumerable<string> ShapeArguments((string Name, IReadOnlyList<int> Dimensions)? shape) =>
        shape is var (name, dimensions) ? [$"--shapes={Quoted(name)}:{string.Join('x', dimensions)}"] : [];

    private static IEnumerable<string> TimingArguments(TrtexecVersion version, TimingOptions timing) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--percentile={timing.Percentile}"),
        $"{version.StreamsFlag}={timing.Streams}",
        $"--avgRuns={timing.AvgRuns}",
        string.Create(CultureInfo.InvariantCulture, $"--warmUp={Math.Round(timing.WarmUp.TotalMilliseconds)}"),
        string.Create(CultureInfo.InvariantCulture, $"--duration={Math.Ceiling(timing.Duration.TotalSeconds)}"),
        $"--iterations={timing.Iterations}",
    ];

    /// <summary>trtexec separates name and value at a colon unless single quotes hold the name.</summary>
    private static string Quoted(string name) => name.Contains(':', StringComparison.Ordinal) ? $"'{name}'" : name;

    private static string ShellWord(string word) =>
        word.All(character => char.IsAsciiLetterOrDigit(character) || "-_=./:,+%@".Contains(character, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
