namespace QatPipeline.Stages.Reports;

/// <summary>The variants of a network that a run compares.</summary>
public static class Variants
{
    /// <summary>The float graph, which others are compared with.</summary>
    public const string Float = "float";
    /// <summary>The calibrated graph, fake-quantized.</summary>
    public const string Ptq = "ptq";
    /// <summary>The trained graph, fake-quantized; only where the run trained.</summary>
    public const string Qat = "qat";
    /// <summary>The ONNX Runtime engine built from the float graph.</summary>
    public const string FloatEngine = "engine-float";
    /// <summary>The ONNX Runtime engine built from the quantized graph.</summary>
    public const string Int8Engine = "engine-int8";

    private const string SimulatedPrefix = "simulated-";

    /// <summary>The graph carried over to a target that it was not trained for: the file for it, run as it is written.</summary>
    public static string Simulated(string target) => SimulatedPrefix + target;

    /// <summary>The target of a variant of <see cref="Simulated"/>; null for any other variant.</summary>
    public static string? SimulatedTarget(string variant) =>
        variant.StartsWith(SimulatedPrefix, StringComparison.Ordinal) ? variant[SimulatedPrefix.Length..] : null;
}
