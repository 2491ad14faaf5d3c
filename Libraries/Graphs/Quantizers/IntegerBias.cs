using QatPipeline.Graphs.Passes;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Quantizers;

/// <summary>
/// The bias of a layer on integers: the runtime adds it as an int32 multiple of the input's scale times the weight's, channel by channel,
/// after batch normalization has been folded in. Its codes follow from the graph, so that whoever simulates it, writes it or compares it
/// gets the same ones.
/// </summary>
/// <param name="Layer">The convolution or matrix product.</param>
/// <param name="Normalization">The batch normalization that is folded into it; null where there is none.</param>
/// <param name="Input">The quantizer of the layer's input, per tensor.</param>
/// <param name="Weight">The quantizer of its weight.</param>
public sealed record IntegerBias(Node Layer, Node? Normalization, Quantizer Input, Quantizer Weight)
{
    /// <summary>The node input whose values change with the codes: the shift of the normalization, or the bias itself.</summary>
    public QuantizerUse Use => new((Normalization ?? Layer).Name, 2);

    /// <summary>Biases, scales and codes for constants and ranges as they are now.</summary>
    /// <param name="constants">Gives the values of a constant by its name.</param>
    /// <param name="input">Range of the input.</param>
    /// <param name="weight">Ranges of the weight, one or one per channel.</param>
    public IntegerBiasValues Evaluate(
        Func<string, float[]> constants, QuantizationRange input, IReadOnlyList<QuantizationRange> weight)
    {
        var bias = Layer.Input(2) is { } name ? constants(name) : null;
        var (factor, offset) = Normalization is { Inputs: var statistics }
            ? BatchNormalizationHost.Affine(
                Normalization, constants(statistics[1]), constants(statistics[2]), constants(statistics[3]), constants(statistics[4]))
            : ([], []);
        var inputScale = QuantizationParameters.Create(Input.Scheme, input).Scale;
        var channels = new IntegerBiasChannel[Normalization is null ? bias!.Length : factor.Length];
        for (var channel = 0; channel < channels.Length; channel++)
        {
            var range = weight[weight.Count == 1 ? 0 : channel];
            var own = bias is null ? 0 : bias[channel];
            channels[channel] = Normalization is null
                ? ChannelOf(own, 1, range)
                : ChannelOf(
                    BatchNormalizationHost.FoldedBias(factor[channel], offset[channel], own),
                    factor[channel],
                    FoldBatchNormalizationThroughQuantizer.Scaled(range, factor[channel]));
        }

        return new(inputScale, channels);

        IntegerBiasChannel ChannelOf(float value, double scaleOfWeight, QuantizationRange range) =>
            new(value, inputScale * QuantizationParameters.Create(Weight.Scheme, range).Scale, Math.Abs(scaleOfWeight));
    }

    /// <summary>The same for the constants and ranges of the graph that the bias was found in.</summary>
    internal IntegerBiasValues Evaluate(Graph graph) =>
        Evaluate(name => graph.Initializers[name].ToFloats(), Input.Ranges[0], Weight.Ranges);
}
