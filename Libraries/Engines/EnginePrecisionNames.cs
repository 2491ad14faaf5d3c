namespace QatPipeline.Engines;

/// <summary>The short names of precisions, as in file names and reports.</summary>
public static class EnginePrecisionNames
{
    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public static string ToName(this EnginePrecision precision) => precision switch
    {
        EnginePrecision.Int8 => "int8",
        EnginePrecision.Half => "fp16",
        _ => "fp32",
    };
}
