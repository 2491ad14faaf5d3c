namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Gives a graph whose inputs or outputs are 8-bit codes real values there, with the pair that makes the codes inside.
/// <code>
/// x (UInt8) ─ DQ ─ … ─ Q ─ y (UInt8)      →      x (Float) ─ Q ─ DQ ─ … ─ Q ─ DQ ─ y (Float)
/// </code>
/// </summary>
internal sealed class FloatInterface : IGraphPass
{
    /// <inheritdoc/>
    public bool Apply(Graph graph)
    {
        var changed = false;
        for (var index = 0; index < graph.Inputs.Count; index++)
        {
            changed |= ApplyToInput(graph, index);
        }

        for (var index = 0; index < graph.Outputs.Count; index++)
        {
            changed |= ApplyToOutput(graph, index);
        }

        return changed;
    }

    private static bool ApplyToInput(Graph graph, int index)
    {
        var input = graph.Inputs[index];
        var links = graph.Link();
        var readers = links.ConsumersOf(input.Name).Select(reader => reader.Node).ToArray();
        if (input.Type is not (ElementType.UInt8 or ElementType.Int8)
            || links.IsPinned(input.Name)
            || readers.Length == 0
            || !Array.TrueForAll(readers, reader => reader.Is("DequantizeLinear"))
            || readers.Select(reader => QuantizeParameters.Read(graph, links, reader, input.Type, input.Shape?.Count)).Distinct().ToArray()
                is not [{ Axis: null } parameters])
        {
            return false;
        }

        var codes = graph.UniqueValue($"{input.Name}.codes");
        graph.Rewire(input.Name, codes);
        graph.Nodes.Insert(
            0,
            new Node(
                graph.UniqueNode($"{input.Name}.QuantizeLinear"),
                "QuantizeLinear",
                [input.Name, readers[0].Inputs[1], ZeroPoint(graph, readers[0], input.Type)],
                [codes]));
        graph.Inputs[index] = input with { Type = ElementType.Float };
        Remark(graph, "input", input, parameters, "takes");
        return true;
    }

    private static bool ApplyToOutput(Graph graph, int index)
    {
        var output = graph.Outputs[index];
        var links = graph.Link();
        if (links.ProducerOf(output.Name) is not { } quantize
            || !quantize.Is("QuantizeLinear")
            || QuantizeParameters.Of(graph, links, quantize) is not { } parameters)
        {
            return false;
        }

        var codes = graph.UniqueValue($"{output.Name}.codes");
        graph.Rewire(output.Name, codes);
        quantize.Outputs[0] = codes;
        graph.Values.Remove(output.Name);
        graph.Nodes.Add(new Node(
            graph.UniqueNode($"{output.Name}.DequantizeLinear"),
            "DequantizeLinear",
            [codes, .. quantize.Inputs[1..]],
            [output.Name])
        {
            Attributes = new(quantize.Attributes, StringComparer.Ordinal),
        });
        graph.Outputs[index] = output with { Type = ElementType.Float };
        Remark(graph, "output", output with { Type = parameters.Type }, parameters, "gives");
        return true;
    }

    // Without a zero point QuantizeLinear would give unsigned codes.
    private static string ZeroPoint(Graph graph, Node dequantize, ElementType type) =>
        dequantize.Input(2)
            ?? (type == ElementType.Int8 ? graph.AddConstant($"{dequantize.Name}.zero_point", Tensor.Scalar((sbyte)0)) : "");

    private static void Remark(Graph graph, string role, ValueInfo value, QuantizeParameters parameters, string verb) =>
        graph.Remarks.Add(FormattableString.Invariant(
            $"The {role} '{value.Name}' was of {value.Type} codes (scale {parameters.Scales[0]:g9}, zero point {parameters.ZeroPoints[0]})")
            + $": it {verb} real values now.");
}
