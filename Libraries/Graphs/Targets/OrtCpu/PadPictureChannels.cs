using QatPipeline.Graphs.Passes;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// Gives a convolution on the codes of pictures a fourth channel, with weights of zero. The runtime's fast 8-bit kernel takes input
/// channels by fours and output channels by sixteens; with three it gathers a matrix byte by byte, which takes twice as long.
/// <code>codes [B,3,H,W] → DQ → Conv      becomes      codes → Pad [B,4,H,W] → DQ → Conv</code>
/// </summary>
internal sealed class PadPictureChannels : IGraphPass
{
    private const int InputsAtATime = 4;
    private const int OutputsAtATime = 16;

    /// <summary>The first opset whose Pad takes 8-bit codes.</summary>
    private const int LeastOpset = 13;

    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var layer in graph.Nodes.FindAll(node => node.Is("Conv") && node.Int("group", 1) == 1))
        {
            changed |= graph.Opset >= LeastOpset && TryPad(graph, graph.Link(), layer);
        }

        return changed;
    }

    private static bool TryPad(Graph graph, GraphLinks links, Node layer)
    {
        if (links.ProducerOf(layer.Inputs[0]) is not { OpType: "DequantizeLinear" } input
            || links.SoleConsumerOf(input.Outputs[0]) != layer
            || QuantizeParameters.Of(graph, links, input) is not { Axis: null, Type: ElementType.UInt8 }
            || links.ProducerOf(layer.Inputs[1]) is not { OpType: "DequantizeLinear" } weight
            || links.SoleConsumerOf(weight.Outputs[0]) != layer
            || QuantizeParameters.Of(graph, links, weight) is not { Axis: null or 0, Type: ElementType.Int8 } parameters
            || !Array.TrueForAll(parameters.ZeroPoints, zeroPoint => zeroPoint == 0)
            || !graph.Initializers.TryGetValue(weight.Inputs[0], out var codes)
            || codes.Dimensions is not [var outputs, > 1 and < InputsAtATime and var channels, > 1, > 1]
            || outputs % OutputsAtATime != 0)
        {
            return false;
        }

        var padded = graph.UniqueValue($"{input.Inputs[0]}.padded");
        long[] pads = [0, 0, 0, 0, 0, InputsAtATime - channels, 0, 0];
        var pad = new Node(
            graph.UniqueNode($"{layer.Name}.pad_channels"),
            "Pad",
            [
                input.Inputs[0],
                graph.AddConstant($"{padded}.pads", Tensor.FromLongs([pads.Length], pads)),
                graph.AddConstant($"{padded}.value", Tensor.From<byte>([], [0])),
            ],
            [padded]);
        graph.Nodes.Insert(graph.Nodes.IndexOf(input), pad);
        input.Inputs[0] = padded;
        weight.Inputs[0] = graph.AddConstant($"{weight.Inputs[0]}.padded", Padded(codes));
        graph.Values.Remove(input.Outputs[0]);
        graph.Values.Remove(weight.Outputs[0]);
        return true;
    }

    /// <summary>[O,C,kH,kW] to [O,4,kH,kW], the new channels zero.</summary>
    private static Tensor Padded(Tensor codes)
    {
        var run = (int)codes.RunLength(0);
        var wide = (int)(run / codes.Dimensions[1] * InputsAtATime);
        var from = codes.As<sbyte>();
        var to = new sbyte[codes.Dimensions[0] * wide];
        for (var output = 0; output < codes.Dimensions[0]; output++)
        {
            from.Slice(output * run, run).CopyTo(to.AsSpan(output * wide));
        }

        return Tensor.From<sbyte>([codes.Dimensions[0], InputsAtATime, .. codes.Dimensions.Skip(2)], to);
    }
}
