using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>
/// Adds the scales that follow from others (reference 7.3), so that integer kernels need no requantization:
/// <code>
/// a (no scale) ─┐                          a (0.1) ─┐
/// b (no scale) ─┴ Concat ─ c (0.1)    →    b (0.1) ─┴ Concat ─ c (0.1)
/// </code>
/// Concat inputs take the output's scale, and the output the largest of its inputs' when all have one; outputs of MaxPool, Reshape,
/// Transpose, Flatten and Split take their input's and inversely; the tensors between Conv and Relu take the Relu output's; a Sigmoid
/// output is 1/127. A scale once known is never changed.
/// </summary>
public static class PropagateScales
{
    private const float SigmoidScale = 1f / 127;

    /// <summary>The given scales by tensor name, with those that follow from them.</summary>
    public static SortedDictionary<string, float> Apply(Graph graph, IReadOnlyDictionary<string, float> scales)
    {
        var known = new SortedDictionary<string, float>(StringComparer.Ordinal);
        foreach (var (name, scale) in scales)
        {
            known.Add(name, scale);
        }

        var links = graph.Link();
        var decoding = new Decoding(graph, links);
        int before;
        do
        {
            before = known.Count;
            foreach (var node in graph.Nodes)
            {
                Propagate(node, links, decoding, known);
            }

            foreach (var node in Enumerable.Reverse(graph.Nodes))
            {
                Propagate(node, links, decoding, known);
            }
        }
        while (known.Count > before);

        return known;
    }

    private static void Propagate(Node node, GraphLinks links, Decoding decoding, SortedDictionary<string, float> known)
    {
        switch (node.Domain.Length == 0 ? node.OpType : "")
        {
            case "Concat" when !decoding.IsJoin(node):
                Share(node.Outputs, node.Inputs, known);
                Share(node.Inputs, node.Outputs, known);
                break;
            case "MaxPool" or "Reshape" or "Transpose" or "Flatten" or "Split":
                Share(node.Inputs.Take(1), node.Outputs.Take(node.OpType == "Split" ? int.MaxValue : 1), known);
                Share(node.Outputs.Take(node.OpType == "Split" ? int.MaxValue : 1), node.Inputs.Take(1), known);
                break;
            case "Relu":
                ShareBefore(node, links, known);
                break;
            case "Sigmoid":
                known.TryAdd(node.Outputs[0], SigmoidScale);
                break;
        }
    }

    /// <summary>Gives the largest scale of the sources, when all have one, to the targets that have none.</summary>
    private static void Share(IEnumerable<string> sources, IEnumerable<string> targets, SortedDictionary<string, float> known)
    {
        var largest = 0f;
        foreach (var source in sources)
        {
            if (!known.TryGetValue(source, out var scale))
            {
                return;
            }

            largest = MathF.Max(largest, scale);
        }

        foreach (var target in targets)
        {
            known.TryAdd(target, largest);
        }
    }

    /// <summary>Conv → (BatchNormalization) → Relu: what lies between has the range of the Relu's output as far as it matters.</summary>
    private static void ShareBefore(Node relu, GraphLinks links, SortedDictionary<string, float> known)
    {
        if (!known.TryGetValue(relu.Outputs[0], out var scale))
        {
            return;
        }

        var between = new List<string> { relu.Inputs[0] };
        var producer = links.SoleConsumerOf(relu.Inputs[0]) == relu ? links.ProducerOf(relu.Inputs[0]) : null;
        if (producer is not null && producer.Is("BatchNormalization") && links.SoleConsumerOf(producer.Inputs[0]) == producer)
        {
            between.Add(producer.Inputs[0]);
            producer = links.ProducerOf(producer.Inputs[0]);
        }

        if (producer is not null && (producer.Is("Conv") || producer.Is("ConvTranspose")))
        {
            between.ForEach(value => known.TryAdd(value, scale));
        }
    }
}
