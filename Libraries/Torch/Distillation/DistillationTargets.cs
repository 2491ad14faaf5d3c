namespace QatPipeline.Torch.Distillation;

/// <summary>What a prediction tensor holds, which decides how student and teacher are compared.</summary>
public enum PredictionKind
{
    /// <summary>Logits of independent probabilities: a sigmoid follows.</summary>
    Logits,

    /// <summary>Anything else: box distances, offsets, distributions over bins.</summary>
    Regression,
}

/// <summary>One prediction tensor.</summary>
public sealed record PredictionTarget(string Name, PredictionKind Kind);

/// <summary>The tensors at which a student is compared with its teacher.</summary>
/// <param name="Features">Feature maps [N,C,H,W] for channel-wise distillation (reference 4.7).</param>
/// <param name="Predictions">What the last layers predict, before decoding.</param>
public sealed record DistillationTargets(IReadOnlyList<string> Features, IReadOnlyList<PredictionTarget> Predictions)
{
    /// <summary>All value names, each once.</summary>
    public IReadOnlyList<string> Names =>
        [.. Features.Concat(Predictions.Select(prediction => prediction.Name)).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// Finds them in any detector: the last layers before the outputs (nothing with weights comes after them) make the predictions,
    /// and what these layers read are the last feature maps.
    /// </summary>
    public static DistillationTargets Find(Graph graph)
    {
        var links = graph.Link();
        var layers = LastLayers(graph, links);
        return layers.Count == 0
            ? new DistillationTargets([], [.. graph.Outputs.Select(output => new PredictionTarget(output.Name, PredictionKind.Regression))])
            : new DistillationTargets(
                [.. layers.Where(layer => layer.OpType == "Conv").Select(layer => layer.Inputs[0]).Distinct(StringComparer.Ordinal)],
                [.. layers.Select(layer => new PredictionTarget(layer.Outputs[0], KindOf(layer.Outputs[0], links)))]);
    }

    private static List<Node> LastLayers(Graph graph, GraphLinks links)
    {
        var layers = new HashSet<Node>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(graph.Outputs.Select(output => output.Name));
        while (open.TryPop(out var value))
        {
            if (!seen.Add(value) || links.ProducerOf(value) is not { } producer)
            {
                continue;
            }

            if (producer.OpType is "Conv" or "ConvTranspose" or "Gemm")
            {
                layers.Add(producer);
                continue;
            }

            foreach (var input in producer.Inputs)
            {
                open.Push(input);
            }
        }

        return [.. graph.Nodes.Where(layers.Contains)];
    }

    // Layout operators do not change what the values mean.
    private static PredictionKind KindOf(string value, GraphLinks links)
    {
        var consumers = links.ConsumersOf(value);
        return consumers.Count > 0 && consumers.All(consumer => consumer.Node.OpType switch
        {
            "Sigmoid" => true,
            "Reshape" or "Transpose" or "Concat" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity" =>
                KindOf(consumer.Node.Outputs[0], links) == PredictionKind.Logits,
            _ => false,
        })
            ? PredictionKind.Logits
            : PredictionKind.Regression;
    }
}
