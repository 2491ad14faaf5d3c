using QatPipeline.Engines;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Cli.Commands;

/// <summary>The precision that an engine of a model can have: what is asked for and what the model holds must agree.</summary>
internal static class ModelPrecision
{
    /// <param name="path">The model.</param>
    /// <param name="asked">What the user asked for; null takes what the model holds.</param>
    /// <param name="hasCache">Whether a calibration cache comes with it.</param>
    /// <exception cref="EngineException">They disagree: the engine's figures would be those of something else.</exception>
    public static EnginePrecision Of(string path, EnginePrecision? asked, bool hasCache)
    {
        var graph = OnnxReader.Read(path);
        var isQuantized = graph.Nodes.Exists(IsQuantized);
        if (!isQuantized && graph.Quantizers.Exists(quantizer => quantizer.IsEnabled))
        {
            throw new EngineException(
                $"'{path}' holds its ranges in a form that no engine builder reads: write the target's form first, 'qat optimize {path} "
                + "--target …'.");
        }

        return asked switch
        {
            null => isQuantized || hasCache ? EnginePrecision.Int8 : EnginePrecision.Float,
            EnginePrecision.Int8 when !isQuantized && !hasCache => throw new EngineException(
                $"'{path}' has no scales, so that an int8 engine would compute with made-up ones: quantize it first ('qat run'), or give "
                + "its calibration cache with --calib."),
            not EnginePrecision.Int8 when isQuantized => throw new EngineException(
                $"'{path}' is quantized, so that its engine is int8: build {asked} from the float model ('qat optimize' to float)."),
            not EnginePrecision.Int8 when hasCache => throw new EngineException(
                "--calib gives scales, which an engine without int8 does not use: leave it out, or set --precision int8."),
            { } precision => precision,
        };
    }

    private static bool IsQuantized(Node node) =>
        node.OpType is "QuantizeLinear" or "DequantizeLinear" || node.OpType.StartsWith("QLinear", StringComparison.Ordinal);
}
