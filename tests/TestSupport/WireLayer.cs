namespace QatPipeline.TestSupport;

/// <summary>
/// A convolution of a <see cref="WireModel"/> with the batch normalization behind it folded by the textbook's formula:
/// w' = w·γ/√(σ² + ε), b' = (b − μ)·γ/√(σ² + ε) + β.
/// </summary>
/// <param name="Weight">In the order of the file.</param>
/// <param name="Bias">One for each output channel; zeros where the layer has none.</param>
public sealed record WireLayer(double[] Weight, double[] Bias)
{
    private const float DefaultEpsilon = 1e-5f;

    /// <summary>The layer that gives a value, or one that an Identity hands on as it, through its batch normalization if it has one.</summary>
    public static WireLayer Of(WireModel network, string output)
    {
        double[] Of(string name) => network.Tensors[name].Values;
        var last = network.ProducerOf($"{output}_detached") ?? network.ProducerOf(output)!;
        var layer = last.Operator == "BatchNormalization" ? network.ProducerOf(last.Inputs[0])! : last;
        var weight = Of(layer.Inputs[1]);
        if (layer.Operator == "ConvTranspose")
        {
            // [in, out, h, w]: never with batch normalization here.
            return new(weight, Of(layer.Inputs[2]));
        }

        var bias = layer.Inputs.Length > 2 ? Of(layer.Inputs[2]) : new double[network.Tensors[layer.Inputs[1]].Dimensions[0]];
        if (last == layer)
        {
            return new(weight, bias);
        }

        var (gamma, beta, mean, variance) = (Of(last.Inputs[1]), Of(last.Inputs[2]), Of(last.Inputs[3]), Of(last.Inputs[4]));
        var epsilon = last.Floats.GetValueOrDefault("epsilon", DefaultEpsilon);
        var inner = weight.Length / bias.Length;
        double[] factors = [.. gamma.Select((value, channel) => value / Math.Sqrt(variance[channel] + epsilon))];
        return new(
            [.. weight.Select((value, position) => value * factors[position / inner])],
            [.. bias.Select((value, channel) => ((value - mean[channel]) * factors[channel]) + beta[channel])]);
    }

    /// <summary>
    /// The largest distance of codes from values divided by their scales, relative to the codes: a half where the codes are the values rounded.
    /// </summary>
    /// <param name="values">[channel, …]; what lies beyond the largest code is cut off.</param>
    /// <param name="codes">Of the same shape.</param>
    /// <param name="scales">One for each channel.</param>
    /// <param name="largest">The largest code.</param>
    public static double LargestRest(double[] values, double[] codes, double[] scales, double largest)
    {
        var inner = values.Length / scales.Length;
        return values.Zip(codes).Select((pair, position) =>
        {
            var exact = Math.Clamp(pair.First / scales[position / inner], -largest, largest);
            return Math.Abs(exact - pair.Second) / (1 + (2e-6 * Math.Abs(pair.Second)));
        }).Max();
    }
}
