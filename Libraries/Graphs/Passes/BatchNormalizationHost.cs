namespace QatPipeline.Graphs.Passes;

/// <summary>
/// A layer with constant weights directly followed by a batch normalization with constant statistics, and the per-channel affine map
/// that the latter applies: y = factor·x + offset with factor = γ/σ, σ = √(var + ε), offset = β − μ·γ/σ.
/// </summary>
internal sealed record BatchNormalizationHost(
    Node Layer, Node Normalization, Tensor Weight, float[]? Bias, double[] Factor, double[] Offset)
{
    /// <summary>The weight's axis of output channels.</summary>
    public int ChannelAxis => ChannelAxisOf(Layer);

    /// <summary>The axis of output channels of a layer's weight.</summary>
    public static int ChannelAxisOf(Node layer) => layer.OpType switch
    {
        "ConvTranspose" => 1,
        "Gemm" => layer.Int("transB", 0) == 0 ? 1 : 0,
        _ => 0,
    };

    /// <summary>The match that ends in a node; null where there is none, or something else sees or quantizes the value between.</summary>
    public static BatchNormalizationHost? Find(Graph graph, GraphLinks links, Node node)
    {
        if (!node.Is("BatchNormalization")
            || node.Int("training_mode", 0) != 0
            || node.Outputs.Count(output => output.Length > 0) != 1
            || node.Input(0) is not { } between
            || links.ProducerOf(between) is not { } layer
            || !(layer.Is("Conv") || layer.Is("ConvTranspose") || layer.Is("Gemm"))
            || links.SoleConsumerOf(between) != node
            || links.QuantizerAt(node.Name, 0) is not null
            || graph.FindConstant(links, layer.Input(1)) is not { Type: ElementType.Float } weight)
        {
            return null;
        }

        var statistics = Enumerable.Range(1, 4).Select(input => graph.FindConstant(links, node.Input(input))).ToArray();
        var bias = graph.FindConstant(links, layer.Input(2));
        if (statistics.Any(tensor => tensor is null || !tensor.Type.IsFloatingPoint()) || (layer.Input(2) is not null && bias is null))
        {
            return null;
        }

        var (gamma, beta, mean, variance) =
            (statistics[0]!.ToFloats(), statistics[1]!.ToFloats(), statistics[2]!.ToFloats(), statistics[3]!.ToFloats());
        var channels = ChannelsOf(layer, weight);
        if (new[] { gamma, beta, mean, variance }.Any(values => values.Length != channels)
            || BiasOf(layer, bias, channels) is not { } layerBias)
        {
            return null;
        }

        var (factor, offset) = Affine(node, gamma, beta, mean, variance);
        return new(layer, node, weight, layerBias, factor, offset);
    }

    /// <summary>The normalization as y = factor·x + offset, channel by channel.</summary>
    public static (double[] Factor, double[] Offset) Affine(
        Node normalization, float[] gamma, float[] beta, float[] mean, float[] variance)
    {
        double epsilon = normalization.Float("epsilon", 1e-5f);
        var factor = gamma.Select((value, channel) => value / Math.Sqrt(variance[channel] + epsilon)).ToArray();
        var offset = beta.Select((value, channel) => value - (mean[channel] * factor[channel])).ToArray();
        return (factor, offset);
    }

    /// <summary>The bias after folding.</summary>
    public static float FoldedBias(double factor, double offset, float bias) => (float)((factor * bias) + offset);

    /// <summary>The output channel of the weight's element at a row-major position.</summary>
    public int ChannelAt(long position)
    {
        var dimensions = Weight.Dimensions;
        if (Layer.Is("Gemm"))
        {
            return (int)(ChannelAxis == 0 ? position / dimensions[1] : position % dimensions[1]);
        }

        var inner = dimensions.Skip(2).Aggregate(1L, (product, dimension) => product * dimension);
        if (Layer.Is("Conv"))
        {
            return (int)(position / (inner * dimensions[1]));
        }

        // ConvTranspose [Cin, Cout/groups, …]: each group of input channels has its own output channels.
        var inputChannel = position / (inner * dimensions[1]);
        var group = inputChannel / (dimensions[0] / Layer.Int("group", 1));
        return (int)((group * dimensions[1]) + (position / inner % dimensions[1]));
    }

    /// <summary>Puts the folded weight into the layer, which then computes the normalization's output under that output's name.</summary>
    public void Fold(Graph graph, GraphLinks links, Tensor weight)
    {
        var bias = new float[Factor.Length];
        for (var channel = 0; channel < bias.Length; channel++)
        {
            bias[channel] = FoldedBias(Factor[channel], Offset[channel], Bias is { Length: > 0 } ? Bias[channel] : 0);
        }

        SetInput(graph, links, 1, weight, $"{Layer.Name}.weight");
        SetInput(graph, links, 2, Tensor.FromFloats([bias.Length], bias), $"{Layer.Name}.bias");
        Layer.Attributes.Remove("beta");
        graph.Values.Remove(Layer.Outputs[0]);
        var output = Normalization.Outputs[0];
        graph.Values.Remove(output, out var known);
        graph.RemoveNodes([Normalization]);
        Layer.Outputs[0] = output;
        if (known is not null)
        {
            graph.Values[output] = known;
        }
    }

    private static long ChannelsOf(Node layer, Tensor weight) => layer.OpType switch
    {
        "ConvTranspose" => weight.Dimensions[1] * layer.Int("group", 1),
        "Gemm" => weight.Dimensions[layer.Int("transB", 0) == 0 ? 1 : 0],
        _ => weight.Dimensions[0],
    };

    /// <summary>The bias per channel; empty where there is none, null where it varies over something else than channels.</summary>
    private static float[]? BiasOf(Node layer, Tensor? bias, long channels)
    {
        if (bias is null)
        {
            return [];
        }

        var scale = layer.Is("Gemm") ? layer.Float("beta", 1) : 1;
        var values = bias.ToFloats();
        if (values.Length == 1)
        {
            values = [.. Enumerable.Repeat(values[0], (int)channels)];
        }

        var isPerChannel = values.Length == channels && (bias.Length == 1 || bias.Dimensions[^1] == channels);
        return isPerChannel ? Array.ConvertAll(values, value => value * scale) : null;
    }

    private void SetInput(Graph graph, GraphLinks links, int index, Tensor tensor, string wantedName)
    {
        var name = Layer.Input(index);
        if (name is not null && graph.Initializers.ContainsKey(name) && links.SoleConsumerOf(name) == Layer)
        {
            graph.Initializers[name] = tensor;
            return;
        }

        while (Layer.Inputs.Count <= index)
        {
            Layer.Inputs.Add("");
        }

        Layer.Inputs[index] = graph.AddConstant(wantedName, tensor);
    }
}
