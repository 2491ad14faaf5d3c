namespace QatPipeline.Graphs.Quantizers;

/// <summary>Proves which values of a graph cannot be negative, so that they may use all 256 unsigned codes.</summary>
internal sealed class NonNegativity
{
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    /// <param name="graph">In topological order.</param>
    /// <param name="inputsAreNonNegative">
    /// What holds for the graph's float inputs; see <see cref="PlacementOptions.InputsAreNonNegative"/>.
    /// </param>
    public NonNegativity(Graph graph, bool inputsAreNonNegative)
    {
        if (inputsAreNonNegative)
        {
            _values.UnionWith(graph.Inputs.Select(input => input.Name));
        }

        foreach (var (name, tensor) in graph.Initializers)
        {
            if (tensor.Type == ElementType.Float && !tensor.As<float>().ContainsAnyExceptInRange(0, float.PositiveInfinity))
            {
                _values.Add(name);
            }
        }

        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0 && IsProven(graph, node)))
        {
            _values.UnionWith(node.Outputs);
        }
    }

    /// <summary>True when the value is proven to be 0 or more; false proves nothing.</summary>
    public bool Contains(string value) => _values.Contains(value);

    private bool IsProven(Graph graph, Node node) => node.OpType switch
    {
        "Relu" or "Sigmoid" or "HardSigmoid" or "Softmax" or "Exp" or "Abs" or "Sqrt" => true,
        "Clip" => OperatorRoles.ClipMinimum(graph, node) >= 0 || AreInputsProven(node),
        "Resize" => node.String("mode", "nearest") is not "cubic" && AreInputsProven(node),
        "AveragePool" or "GlobalAveragePool" or "GlobalMaxPool" or "ReduceMean" or "ReduceMax" or "LeakyRelu" or "HardSwish"
            or "Add" or "Mul" or "Div" or "Max" or "Sum" or "Gather" or "DepthToSpace" or "Pad" => AreInputsProven(node),
        "QuantizeLinear" or "DequantizeLinear" => AreInputsProven(node),
        _ => OperatorRoles.KeepsValues(node) && AreInputsProven(node),
    };

    private bool AreInputsProven(Node node) => OperatorRoles.DataInputs(node).All(index => _values.Contains(node.Inputs[index]));
}
