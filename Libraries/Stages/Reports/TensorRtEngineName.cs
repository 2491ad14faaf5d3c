using System.Globalization;
using System.Text.RegularExpressions;
using QatPipeline.Engines;

namespace QatPipeline.Stages.Reports;

/// <summary>A TensorRT engine of a run: every file is a variant of its own, with its own figures.</summary>
/// <param name="Precision">The arithmetic it may use.</param>
/// <param name="Batch">The one batch it takes.</param>
public readonly partial record struct TensorRtEngineName(EnginePrecision Precision, int Batch)
{
    /// <summary>The engine's stem without the batch, such as <c>tensorrt-int8</c>: its model is named so.</summary>
    public string Model => $"tensorrt-{Precision.ToName()}";

    /// <summary>The variant, such as <c>tensorrt-int8.b32</c>.</summary>
    public string Variant => string.Create(CultureInfo.InvariantCulture, $"{Model}.b{Batch}");

    /// <summary>The engine's artifact, such as <c>tensorrt-int8.b32.engine</c>.</summary>
    public string File => $"{Variant}.engine";

    /// <summary>The artifact with its COCO detections on the validation images.</summary>
    public string Detections => $"detections-{Variant}.json";

    /// <summary>The engine that a variant or an engine's file names; null where it is another variant or file.</summary>
    public static TensorRtEngineName? Parse(string name) => Form().Match(name) is { Success: true } match
        ? new TensorRtEngineName(
            Enum.GetValues<EnginePrecision>().Single(precision => precision.ToName() == match.Groups[1].Value),
            int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
        : null;

    [GeneratedRegex(@"^tensorrt-(fp32|fp16|int8)\.b([1-9]\d{0,5})(\.engine)?$")]
    private static partial Regex Form();
}
