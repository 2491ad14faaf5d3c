using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets.TensorRt;

namespace QatPipeline.TrtexecSupport;

/// <summary>
/// What TensorRT makes of a calibration cache: layers whose input has a scale multiply integers, with weight scales that the builder
/// takes from the largest magnitude along the first axis.
/// </summary>
internal static class ImplicitQuantization
{
    private static readonly string[] Weighted = ["Conv", "ConvTranspose"];
    private static readonly string[] Moving = ["MaxPool", "AveragePool", "Concat", "Resize", "Add"];

    public static void Apply(Graph graph, string cachePath, int version)
    {
        var cache = CalibrationCache.Read(cachePath);
        if (version >= 100000 && cache.Version != $"{version}")
        {
            throw new StandInException("[TRT] Calibration table does not match calibrator algorithm type.");
        }

        var scales = cache.Entries.ToDictionary(entry => entry.Tensor, entry => entry.Scale, StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0 && (Is(node, Weighted) || Is(node, Moving))).ToArray())
        {
            foreach (var index in Is(node, Weighted) ? [0] : Enumerable.Range(0, node.OpType is "Concat" or "Add" ? node.Inputs.Count : 1))
            {
                var tensor = node.Inputs[index];
                if (scales.TryGetValue(tensor, out var scale))
                {
                    node.Inputs[index] = Quantize(graph, node, tensor, Tensor.Scalar(scale), axis: null);
                }
                else if (Is(node, Weighted))
                {
                    Console.Error.WriteLine($"[W] [TRT] Missing scale and zero-point for tensor {tensor}, expect fall back to non-int8 "
                        + "implementation for any layer consuming or producing given tensor");
                }
            }

            if (Is(node, Weighted) && graph.Initializers.TryGetValue(node.Inputs[1], out var weight)
                && node.Inputs[0].EndsWith("_dequantized", StringComparison.Ordinal))
            {
                node.Inputs[1] = Quantize(graph, node, node.Inputs[1], ScalesOf(weight), axis: 0);
            }
        }
    }

    private static bool Is(Node node, string[] types) => types.Contains(node.OpType);

    private static Tensor ScalesOf(Tensor weight)
    {
        var (channels, values) = ((int)weight.Dimensions[0], weight.ToFloats());
        return Tensor.FromFloats(
            [channels],
            [.. values.Chunk(values.Length / channels).Select(channel => Math.Max(channel.Max(Math.Abs) / 127, 1e-12f))]);
    }

    private static string Quantize(Graph graph, Node reader, string tensor, Tensor scale, long? axis)
    {
        var result = $"{tensor}_dequantized";
        if (graph.Nodes.Exists(node => node.Outputs.Contains(result)))
        {
            return result;
        }

        var (scaleName, zeroName, codes) = ($"{tensor}_scale", $"{tensor}_zero", $"{tensor}_codes");
        graph.Initializers[scaleName] = scale;
        graph.Initializers[zeroName] = Tensor.From<sbyte>(scale.Dimensions, new sbyte[scale.Length]);
        var place = graph.Nodes.IndexOf(reader);
        foreach (var node in new[]
        {
            new Node(codes, "QuantizeLinear", [tensor, scaleName, zeroName], [codes]),
            new Node(result, "DequantizeLinear", [codes, scaleName, zeroName], [result]),
        })
        {
            if (axis is { } channelAxis)
            {
                node.Attributes["axis"] = channelAxis;
            }

            graph.Nodes.Insert(place++, node);
        }

        return result;
    }
}
