using QatPipeline.Graphs.Model;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Support;

/// <summary>
/// Writes a graph's enabled quantizers as QuantizeLinear and DequantizeLinear nodes, one pair per use: the plain meaning of a quantizer.
/// </summary>
internal static class QuantizerSimulation
{
    public static Graph Expand(Graph graph)
    {
        var expanded = graph.Clone();
        expanded.Quantizers.Clear();
        foreach (var quantizer in graph.Quantizers.Where(quantizer => quantizer.IsEnabled))
        {
            foreach (var use in quantizer.Uses)
            {
                Insert(expanded, quantizer, use);
            }
        }

        GraphOrder.Sort(expanded);
        return expanded;
    }

    private static void Insert(Graph graph, Quantizer quantizer, QuantizerUse use)
    {
        var node = graph.Nodes.Single(node => node.Name == use.Node);
        var name = $"{use.Node}.{use.Input}";
        var parameters = quantizer.Ranges.Select(range => QuantizationParameters.Create(quantizer.Scheme, range)).ToArray();
        long[] shape = quantizer.Axis is null ? [] : [parameters.Length];
        graph.Initializers.Add($"{name}.scale", Tensor.FromFloats(shape, [.. parameters.Select(item => item.Scale)]));
        graph.Initializers.Add($"{name}.zero", quantizer.Scheme is QuantizationScheme.SignedNarrow or QuantizationScheme.SignedSymmetric
            ? Tensor.From<sbyte>(shape, [.. parameters.Select(item => (sbyte)item.ZeroPoint)])
            : Tensor.From<byte>(shape, [.. parameters.Select(item => (byte)item.ZeroPoint)]));
        AttributeValue axis = (long)(quantizer.Axis ?? 1);
        var source = node.Inputs[use.Input];
        if (quantizer.Scheme == QuantizationScheme.SignedNarrow && graph.Initializers.TryGetValue(source, out var weight))
        {
            graph.Initializers[source = $"{name}.clamped"] = Clamped(weight, quantizer.Axis, parameters);
        }

        graph.Nodes.Add(new Node($"{name}.q", "QuantizeLinear", [source, $"{name}.scale", $"{name}.zero"], [$"{name}.codes"])
        {
            Attributes = new(StringComparer.Ordinal) { ["axis"] = axis },
        });
        graph.Nodes.Add(new Node($"{name}.dq", "DequantizeLinear", [$"{name}.codes", $"{name}.scale", $"{name}.zero"], [$"{name}.real"])
        {
            Attributes = new(StringComparer.Ordinal) { ["axis"] = axis },
        });
        node.Inputs[use.Input] = $"{name}.real";
    }

    // QuantizeLinear saturates at −128, a narrow quantizer at −127.
    private static Tensor Clamped(Tensor weight, int? axis, QuantizationParameters[] parameters)
    {
        var inner = weight.Dimensions.Skip((axis ?? -1) + 1).Aggregate(1L, (product, dimension) => product * dimension);
        return Tensor.FromFloats(weight.Dimensions, [.. weight.ToFloats().Select((value, position) =>
            MathF.Max(value, -127 * parameters[position / inner % parameters.Length].Scale))]);
    }
}
