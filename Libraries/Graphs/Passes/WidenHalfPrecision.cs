namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Makes a model of 16-bit floats (binary16, bfloat16) one of 32 bits: constants, inputs, outputs and casts. What it computes is at least
/// as exact; 8-bit codes are made of 32-bit floats.
/// <code>x (Float16) ─ Conv(w: Float16) ─ Cast(to Float) ─ y   →   x (Float) ─ Conv(w: Float) ─ y</code>
/// </summary>
internal static class WidenHalfPrecision
{
    private static readonly string[] TypeAttributes = ["to", "dtype", "output_dtype"];

    /// <returns>False where the model has no 16-bit floats.</returns>
    /// <exception cref="GraphException">The body of an If, Loop or Scan has 16-bit floats.</exception>
    public static bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var name in graph.Initializers.Where(pair => IsHalf(pair.Value.Type)).Select(pair => pair.Key).ToArray())
        {
            graph.Initializers[name] = Widened(graph.Initializers[name]);
            changed = true;
        }

        changed |= Widen(graph.Inputs) | Widen(graph.Outputs);
        foreach (var node in graph.Nodes)
        {
            changed |= Widen(node);
        }

        if (changed)
        {
            foreach (var (name, value) in graph.Values.Where(pair => IsHalf(pair.Value.Type)).ToArray())
            {
                graph.Values[name] = value with { Type = ElementType.Float };
            }
        }

        return changed;
    }

    private static bool Widen(Node node)
    {
        var changed = false;
        foreach (var (name, value) in node.Attributes.ToArray())
        {
            switch (value)
            {
                case TensorAttribute { Value: { Type: var type } tensor } when IsHalf(type):
                    node.Attributes[name] = Widened(tensor);
                    changed = true;
                    break;
                case IntAttribute { Value: var type } when TypeAttributes.Contains(name) && IsHalf((ElementType)type):
                    node.Attributes[name] = (long)ElementType.Float;
                    changed = true;
                    break;
                case OpaqueAttribute { HasHalfPrecision: true }:
                    throw new GraphException(
                        $"{node} has a body with 16-bit floats, which is not looked into: export the model in 32 bits.");
            }
        }

        return changed;
    }

    private static bool Widen(List<ValueInfo> values)
    {
        var changed = false;
        for (var index = 0; index < values.Count; index++)
        {
            if (IsHalf(values[index].Type))
            {
                values[index] = values[index] with { Type = ElementType.Float };
                changed = true;
            }
        }

        return changed;
    }

    private static Tensor Widened(Tensor tensor) => Tensor.FromFloats(tensor.Dimensions, tensor.ToFloats());

    private static bool IsHalf(ElementType type) => type is ElementType.Float16 or ElementType.BFloat16;
}
