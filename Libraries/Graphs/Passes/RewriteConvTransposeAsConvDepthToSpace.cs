using QatPipeline.Graphs.Inference.Rules;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Rewrites a ConvTranspose with kernel 2×2, stride 2 and no padding, whose windows do not overlap, as the same products in a 1×1
/// convolution: runtimes have integer kernels for that one.
/// <code>
/// x [N,C,H,W] ─ ConvTranspose(w [C,D,2,2]) ─ y [N,D,2H,2W]
///   →   x ─ Conv(w' [4D,C,1,1]) ─ [N,4D,H,W] ─ DepthToSpace(2, DCR) ─ y,   w'[(2i + j)·D + d, c] = w[c, d, i, j]
/// </code>
/// Quantizers move along: the weight's ranges per output channel are repeated; a calibrated weight quantizer per input channel has no
/// equivalent, and keeps its node from being rewritten.
/// </summary>
public sealed class RewriteConvTransposeAsConvDepthToSpace : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var node in graph.Nodes.Where(node => node.Is("ConvTranspose")).ToArray())
        {
            var links = graph.Link();
            if (Matches(node)
                && graph.FindConstant(links, node.Input(1)) is { Type: ElementType.Float, Dimensions: [_, _, 2, 2] } weight
                && (node.Input(2) is null || graph.FindConstant(links, node.Input(2)) is not null)
                && TryMoveQuantizer(links.QuantizerAt(node.Name, 1)))
            {
                Rewrite(graph, node, weight, graph.FindConstant(links, node.Input(2)));
                changed = true;
            }
        }

        return changed;
    }

    private static bool Matches(Node node) =>
        node.Ints("strides") is [2, 2]
        && node.Int("group", 1) == 1
        && (node.Ints("dilations") ?? []).All(dilation => dilation == 1)
        && (node.Ints("pads") ?? []).All(pad => pad == 0)
        && (node.Ints("output_padding") ?? []).All(pad => pad == 0)
        && node.Ints("output_shape") is null
        && node.String("auto_pad", "NOTSET") is "NOTSET" or "VALID";

    private static bool TryMoveQuantizer(Quantizer? quantizer)
    {
        if (quantizer is null or { Axis: null })
        {
            return true;
        }

        if (quantizer.Uses.Count != 1 || (quantizer.IsCalibrated && quantizer.Axis != 1))
        {
            return false;
        }

        var ranges = quantizer.Ranges;
        quantizer.Axis = 0;
        quantizer.Ranges = [.. ranges, .. ranges, .. ranges, .. ranges];
        return true;
    }

    private static void Rewrite(Graph graph, Node node, Tensor weight, Tensor? bias)
    {
        var (inputs, outputs) = ((int)weight.Dimensions[0], (int)weight.Dimensions[1]);
        var from = weight.As<float>();
        var to = new float[from.Length];
        for (var position = 0; position < from.Length; position++)
        {
            var (input, output, place) = (position / (4 * outputs), position / 4 % outputs, position % 4);
            to[(((place * outputs) + output) * inputs) + input] = from[position];
        }

        List<string> names = [node.Inputs[0], graph.AddConstant($"{node.Name}.weight", Tensor.FromFloats([4 * outputs, inputs, 1, 1], to))];
        if (bias is not null)
        {
            var values = bias.ToFloats();
            names.Add(
                graph.AddConstant($"{node.Name}.bias", Tensor.FromFloats([4 * outputs], [.. values, .. values, .. values, .. values])));
        }

        // The convolution keeps the name, and with it the quantizers of its inputs.
        var depth = graph.UniqueValue($"{node.Outputs[0]}.depth");
        graph.ReplaceNode(
            node,
            new Node(node.Name, "Conv", names, [depth])
            {
                Attributes = new(StringComparer.Ordinal) { ["kernel_shape"] = new long[] { 1, 1 } },
            },
            new Node(graph.UniqueNode($"{node.Name}.depth_to_space"), "DepthToSpace", [depth], node.Outputs)
            {
                Attributes = new(StringComparer.Ordinal) { ["blocksize"] = 2L, ["mode"] = "DCR" },
            });
    }
}
