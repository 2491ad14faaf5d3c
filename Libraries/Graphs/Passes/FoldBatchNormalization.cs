namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Folds BatchNormalization into the Conv, ConvTranspose or Gemm before it, in float: w'ₒ = wₒ·γₒ/σₒ, b'ₒ = (bₒ − μₒ)·γₒ/σₒ + βₒ.
/// <code>x ─ Conv(w, b) ─ BatchNormalization(γ, β, μ, σ²) ─ y   →   x ─ Conv(w', b') ─ y</code>
/// Layers whose weight carries a quantizer are left to <see cref="FoldBatchNormalizationThroughQuantizer"/>.
/// </summary>
public sealed class FoldBatchNormalization : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var node in graph.Nodes.Where(node => node.Is("BatchNormalization")).ToArray())
        {
            var links = graph.Link();
            if (BatchNormalizationHost.Find(graph, links, node) is { } host && links.QuantizerAt(host.Layer.Name, 1) is null)
            {
                host.Fold(graph, links, Scaled(host));
                changed = true;
            }
        }

        return changed;
    }

    internal static Tensor Scaled(BatchNormalizationHost host)
    {
        var values = host.Weight.ToFloats();
        for (var position = 0; position < values.Length; position++)
        {
            values[position] = (float)(values[position] * host.Factor[host.ChannelAt(position)]);
        }

        return Tensor.FromFloats(host.Weight.Dimensions, values);
    }
}
