namespace QatPipeline.Graphs.Quantizers;

/// <summary>Suffixes of what a quantizer becomes in an ONNX file.</summary>
internal static class QdqNames
{
    public const string Quantize = ".QuantizeLinear";
    public const string Dequantize = ".DequantizeLinear";
    public const string Scale = ".scale";
    public const string ZeroPoint = ".zero_point";
    public const string Quantized = "_quantized";
    public const string Dequantized = "_dequantized";
}
