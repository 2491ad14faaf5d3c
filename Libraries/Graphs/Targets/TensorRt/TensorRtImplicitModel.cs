using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>A network for TensorRT's implicit quantization: its ranges stand in a calibration cache beside it.</summary>
/// <param name="Form">The form's name.</param>
/// <param name="Graph">Without Q/DQ nodes, weights on their quantization grid.</param>
/// <param name="Target">TensorRT.</param>
/// <param name="Cache">The scale of every tensor that has one.</param>
public sealed record TensorRtImplicitModel(string Form, Graph Graph, ITarget? Target, CalibrationCache Cache)
    : TargetModel(Form, Graph, Target)
{
    /// <inheritdoc/>
    public override bool IsExplicit => false;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Write(string onnxPath)
    {
        var cachePath = Path.ChangeExtension(onnxPath, ".cache");
        File.WriteAllBytes(cachePath, Cache.ToBytes());
        return [.. base.Write(onnxPath), cachePath];
    }

    internal override Func<Node, int, (float Scale, int ZeroPoint)?> ActivationLookup()
    {
        var scales = Cache.Entries.ToDictionary(entry => entry.Tensor, entry => entry.Scale, StringComparer.Ordinal);
        return (node, input) => scales.TryGetValue(node.Inputs[input], out var scale) ? (scale, 0) : null;
    }

    /// <summary>The weight as the builder derives it: max|w|/127 per channel of the simulated axis.</summary>
    internal override DeployedWeight? WeightOf(Node layer, Quantizer simulated)
    {
        if (layer.Input(1) is not { } value || !Graph.Initializers.TryGetValue(value, out var weight))
        {
            return null;
        }

        var axis = simulated.Axis ?? 0;
        var quantizer = new Quantizer(simulated.Name, QuantizationScheme.SignedNarrow)
        {
            IsWeight = true,
            Axis = axis,
            Ranges = WeightRanges.Of(weight, axis),
        };
        return new(WeightCodes.Quantize(weight, quantizer), Array.ConvertAll(quantizer.Parameters(), parameter => parameter.Scale), axis);
    }
}
