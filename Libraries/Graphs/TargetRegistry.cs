using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Targets.OrtCpu;
using QatPipeline.Graphs.Targets.TensorRt;

namespace QatPipeline.Graphs;

/// <summary>The targets there are: the one place that lists them.</summary>
public static class TargetRegistry
{
    /// <summary>ONNX Runtime on the CPU: unsigned activations; every integer operator's inputs and outputs are quantized.</summary>
    public static ITarget OrtCpu { get; } = new OrtCpuTarget();

    /// <summary>TensorRT: signed symmetric, quantizers on the inputs of layers only; the builder derives what lies between.</summary>
    public static ITarget TensorRt { get; } = new TensorRtTarget();

    /// <summary>All targets.</summary>
    public static IReadOnlyList<ITarget> All { get; } = [OrtCpu, TensorRt];

    /// <summary>The names of all forms a network can be written in, the float one first.</summary>
    public static IReadOnlyList<string> Forms { get; } = [FloatForm.Name, .. All.SelectMany(target => target.Forms)];

    /// <summary>The target of that name.</summary>
    /// <exception cref="GraphException">There is none; the message lists those there are.</exception>
    public static ITarget Get(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new GraphException($"There is no target '{name}': choose one of {string.Join(", ", All.Select(target => target.Name))}.");

    /// <summary>The target whose rules placed the graph's quantizers.</summary>
    /// <exception cref="GraphException">No quantizers have been placed.</exception>
    public static ITarget Of(Graph graph)
    {
        var mark = QuantizerPlacement.MarkOf(graph);
        return All.FirstOrDefault(target => target.Mark == mark)
            ?? throw new GraphException($"The quantizers of '{graph.Name}' were placed for '{mark}', a target that is not known here.");
    }

    /// <summary><see cref="ITarget.Settle"/> for the target of the graph's quantizers; nothing where none are placed.</summary>
    public static void Settle(Graph graph)
    {
        if (graph.Quantizers.Count > 0 && QuantizerPlacement.HasMark(graph))
        {
            Of(graph).Settle(graph);
        }
    }

    /// <summary>The biases that the target of a graph's quantizers adds as integers; none where no quantizers are placed.</summary>
    public static IReadOnlyList<IntegerBias> IntegerBiases(Graph graph) =>
        graph.Quantizers.Count > 0 && QuantizerPlacement.HasMark(graph) ? Of(graph).IntegerBiases(graph) : [];

    /// <summary>The graph in one of <see cref="Forms"/>; see <see cref="ITarget.Build"/>.</summary>
    /// <exception cref="GraphException">There is no such form, or the graph cannot be written in it.</exception>
    public static TargetModel Build(Graph graph, string form, FormOptions? options = null) =>
        form == FloatForm.Name
            ? FloatForm.Build(graph)
            : (All.FirstOrDefault(target => target.Forms.Contains(form))
                ?? throw new GraphException($"There is no form '{form}': choose one of {string.Join(", ", Forms)}."))
                .Build(graph, form, options);
}
