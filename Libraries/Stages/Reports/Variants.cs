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
    /// <summary>The engine built from the float graph.</summary>
    public const string FloatEngine = "engine-float";
    /// <summary>The engine built from the quantized graph.</summary>
    public const string Int8Engine = "engine-int8";
}
