using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Networks;

/// <summary>Moves weights between graphs and state dictionaries under the reference's names (1.8).</summary>
public static class Yolov6Weights
{
    /// <summary>Parameters and running statistics of a graph with their shapes in a state dictionary, in the graph's order.</summary>
    public static IReadOnlyList<KeyValuePair<string, long[]>> Expected(Graph graph) =>
        [.. Names(graph).Select(name => KeyValuePair.Create(name, StateShape(name, graph.Initializers[name])))];

    /// <summary>The present values.</summary>
    public static StateDict Read(Graph graph)
    {
        var state = new StateDict();
        foreach (var (name, shape) in Expected(graph))
        {
            state.Set(name, shape, graph.Initializers[name].ToFloats());
        }

        return state;
    }

    /// <summary>
    /// A copy of the graph with every entry of <paramref name="state"/> that it has under the same name and shape. Counters of batches
    /// and the head's two constants, which every checkpoint of this family holds and no network here uses, are passed over.
    /// </summary>
    public static (Graph Graph, StateDictReport Report) Load(Graph graph, StateDict state)
    {
        var report = StateDictReport.Compare(state, Expected(graph), IsUnused);
        var loaded = graph.Clone();
        foreach (var name in report.Matched)
        {
            loaded.Initializers[name] = Tensor.FromFloats(graph.Initializers[name].Dimensions, state[name].Data);
        }

        return (loaded, report);
    }

    /// <summary>
    /// The weights of an ONNX file whose tensors have lost their names, matched by execution order (reference 1.8).
    /// </summary>
    /// <param name="anonymous">The file's graph, batch normalization folded: every layer with weight and bias.</param>
    /// <param name="network">The same network built in the form <see cref="Yolov6Form.Fused"/>.</param>
    /// <exception cref="CheckpointException">Number, kind or shape of the layers differ; names the first that does.</exception>
    public static StateDict FromExecutionOrder(Graph anonymous, Graph network)
    {
        var (found, expected) = (Layers(anonymous), Layers(network));
        if (found.Count != expected.Count)
        {
            throw new CheckpointException(
                $"The file has {found.Count} convolutions, the network {expected.Count}. "
                + "Build the network in its width, depth and class count.");
        }

        var state = new StateDict();
        foreach (var (from, to) in found.Zip(expected))
        {
            for (var input = 1; input <= 2; input++)
            {
                var name = to.Input(input);
                var target = name is null ? null : network.Initializers[name];
                var source = from.Input(input) is { } value ? anonymous.Initializers.GetValueOrDefault(value) : null;
                if (from.OpType != to.OpType
                    || source is null != target is null
                    || source?.Dimensions.SequenceEqual(target!.Dimensions) == false)
                {
                    throw new CheckpointException(
                        $"{from} [{string.Join(",", source?.Dimensions ?? [])}] of the file does not fit {name ?? to.Name} "
                        + $"[{string.Join(",", target?.Dimensions ?? [])}]. "
                        + "Fold its batch normalizations, and build the network in its width and class count.");
                }

                if (name is not null)
                {
                    state.Set(name, [.. source!.Dimensions], source.ToFloats());
                }
            }
        }

        return state;
    }

    private static List<Node> Layers(Graph graph) => [.. graph.Nodes.Where(node => node.OpType is "Conv" or "ConvTranspose")];

    private static bool IsUnused(string name) =>
        name is "detect.proj" or "detect.proj_conv.weight" || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private static IEnumerable<string> Names(Graph graph)
    {
        var used = graph.Nodes
            .Where(node => node.OpType is "Conv" or "ConvTranspose" or "BatchNormalization")
            .SelectMany(node => node.Inputs.Skip(1))
            .ToHashSet(StringComparer.Ordinal);
        return graph.Initializers.Keys.Where(used.Contains);
    }

    // Channel scales are vectors in a checkpoint and depthwise kernels [C,1,1,1] in the graph.
    private static long[] StateShape(string name, Tensor tensor) =>
        name.Contains(".scale_", StringComparison.Ordinal) ? [tensor.Dimensions[0]] : [.. tensor.Dimensions];
}
