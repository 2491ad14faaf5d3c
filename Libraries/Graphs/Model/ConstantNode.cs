namespace QatPipeline.Graphs.Model;

/// <summary>Reads Constant nodes.</summary>
internal static class ConstantNode
{
    /// <summary>The tensor a Constant node gives, whichever attribute holds it; null for sparse and string constants.</summary>
    public static Tensor? ValueOf(Node node)
    {
        if (!node.Is("Constant") || node.Attributes.Count == 0)
        {
            return null;
        }

        var (name, value) = node.Attributes.First();
        return (name, value) switch
        {
            ("value", TensorAttribute { Value: var tensor }) => tensor,
            ("value_float", FloatAttribute { Value: var number }) => Tensor.Scalar(number),
            ("value_floats", FloatsAttribute { Values: var numbers }) => Tensor.FromFloats([numbers.Count], [.. numbers]),
            ("value_int", IntAttribute { Value: var number }) => Tensor.Scalar(number),
            ("value_ints", IntsAttribute { Values: var numbers }) => Tensor.FromLongs([numbers.Count], [.. numbers]),
            _ => null,
        };
    }
}
