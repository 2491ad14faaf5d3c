namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Writes operators on 8-bit codes (ONNX Runtime's QOperator format) as float operators between DequantizeLinear and QuantizeLinear, and
/// lets operators that only move codes move floats instead.
/// <code>
/// q ─ QLinearConv(w, b) ─ MaxPool ─ DQ ─ y      →      q ─ DQ ─ Conv(DQ(w), DQ(b)) ─ Q ─ DQ ─ MaxPool ─ Q ─ DQ ─ y
/// </code>
/// </summary>
internal sealed class ExpandQOperators : IGraphPass
{
    private static readonly HashSet<string> Moves = new(StringComparer.Ordinal)
    {
        "MaxPool", "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Gather", "GatherElements", "Split", "Concat",
        "Identity", "DepthToSpace", "SpaceToDepth", "Expand", "Tile", "Resize",
    };

    private static readonly string[] OwnAttributes = ["channels_last", "opset"];

    /// <inheritdoc/>
    /// <exception cref="GraphException">An operator on codes is not known, or of a kind without a float equivalent.</exception>
    public bool Apply(Graph graph)
    {
        var changed = false;
        foreach (var node in graph.Nodes.FindAll(QOperatorForm.IsQOperator))
        {
            Expand(graph, node);
            changed = true;
        }

        return changed | MoveFloats(graph);
    }

    private static void Expand(Graph graph, Node node)
    {
        var form = QOperatorForm.Of(node) ?? throw new GraphException(
            $"{node} computes on 8-bit codes in a way that is not known here: quantize the model in the QDQ format (QuantFormat.QDQ in "
            + "ONNX Runtime), or start from its float model.");
        if (form.Data.SelectMany(input => new[] { input, input + 1 }).Any(input => node.Input(input) is null)
            || node.Outputs.Count == 0)
        {
            throw new GraphException($"{node} lacks an input that {node.OpType} needs, or its output.");
        }

        if (node.Int("channels_last", 0) != 0)
        {
            throw new GraphException(
                $"{node} has its channels last: the model was optimized for one machine; write it with a lower level of optimization.");
        }

        var parts = new List<Node>();
        string[] data = [.. form.Data.Select(input => Dequantize(graph, parts, node, input, AxisOf(graph, node, input)))];
        if (form.Bias is { } bias && node.Input(bias) is { } codes)
        {
            data = [.. data, Bias(graph, parts, node, codes)];
        }

        var attributes = new SortedDictionary<string, AttributeValue>(node.Attributes, StringComparer.Ordinal);
        Array.ForEach(OwnAttributes, name => attributes.Remove(name));
        var output = node.Outputs[0];
        var isQuantized = node.Input(form.OutputScale) is not null;
        var real = isQuantized ? graph.UniqueValue($"{output}.real") : output;
        parts.Add(new Node(node.Name, form.Operator, [.. node.Inputs.Take(form.Leading), .. data], [real]) { Attributes = attributes });
        if (isQuantized)
        {
            parts.Add(new Node(
                graph.UniqueNode($"{node.Name}.QuantizeLinear"),
                "QuantizeLinear",
                [real, node.Inputs[form.OutputScale], node.Input(form.OutputScale + 1) ?? ""],
                [output]));
        }

        graph.Values.Remove(output);
        graph.ReplaceNode(node, [.. parts]);
    }

    private static string Dequantize(Graph graph, List<Node> parts, Node node, int input, long? axis)
    {
        var value = graph.UniqueValue($"{node.Outputs[0]}.real{input}");
        var dequantize = new Node(
            graph.UniqueNode($"{node.Name}.DequantizeLinear{input}"),
            "DequantizeLinear",
            [node.Inputs[input], node.Inputs[input + 1], node.Input(input + 2) ?? ""],
            [value]);
        if (axis is { } channels)
        {
            dequantize.Attributes["axis"] = channels;
        }

        parts.Add(dequantize);
        return value;
    }

    /// <summary>The axis of a weight with a scale for each output channel.</summary>
    private static long? AxisOf(Graph graph, Node node, int input) => (node.OpType, input) switch
    {
        ("QLinearConv", 3) => 0,
        ("QGemm", 3) => node.Int("transB", 0) != 0 ? 0 : 1,
        ("QLinearMatMul", 3) => (graph.FindValue(node.Inputs[input])?.Shape?.Count ?? 2) - 1,
        _ => null,
    };

    private static string Bias(Graph graph, List<Node> parts, Node node, string codes)
    {
        var links = graph.Link();
        if (graph.FindConstant(links, node.Input(1)) is not { Length: 1 } input
            || graph.FindConstant(links, node.Input(4)) is not { } weight)
        {
            throw new GraphException($"{node} has a bias whose scale is not constant: make the scales of its inputs initializers.");
        }

        var factor = input.ToFloats()[0];
        var scale = graph.AddConstant(
            $"{node.Name}.bias_scale", Tensor.FromFloats(weight.Dimensions, [.. weight.ToFloats().Select(value => value * factor)]));
        var real = graph.UniqueValue($"{node.Outputs[0]}.real_bias");
        parts.Add(new Node(graph.UniqueNode($"{node.Name}.DequantizeLinear_bias"), "DequantizeLinear", [codes, scale], [real])
        {
            Attributes = { ["axis"] = 0L },
        });
        return real;
    }

    /// <summary>Q → move      becomes      Q → DQ → move → Q: what follows finds a pair again.</summary>
    private static bool MoveFloats(Graph graph)
    {
        var changed = false;
        GraphOrder.Sort(graph);
        foreach (var node in graph.Nodes.FindAll(node => node.Domain.Length == 0 && Moves.Contains(node.OpType)))
        {
            var links = graph.Link();
            int[] data = node.Is("Concat") ? [.. Enumerable.Range(0, node.Inputs.Count)] : [0];
            var quantizers = data.Select(input => links.ProducerOf(node.Input(input) ?? "")).ToArray();
            if (data.Length == 0
                || quantizers.Any(quantize => quantize is null || !quantize.Is("QuantizeLinear"))
                || (node.Is("Resize") && node.String("mode", "nearest") != "nearest")
                || quantizers.Select(quantize => QuantizeParameters.Of(graph, links, quantize!)).Distinct().Count() > 1)
            {
                continue;
            }

            var like = quantizers[0]!;
            var parts = new List<Node>();
            foreach (var input in data)
            {
                var value = graph.UniqueValue($"{node.Outputs[0]}.real{input}");
                parts.Add(Like(graph, like, $"{node.Name}.DequantizeLinear{input}", "DequantizeLinear", node.Inputs[input], value));
                node.Inputs[input] = value;
            }

            parts.Add(node);
            foreach (var output in Enumerable.Range(0, node.Outputs.Count).Where(output => node.Outputs[output].Length > 0))
            {
                var codes = node.Outputs[output];
                node.Outputs[output] = graph.UniqueValue($"{codes}.real");
                graph.Values.Remove(codes);
                parts.Add(Like(graph, like, $"{node.Name}.QuantizeLinear{output}", "QuantizeLinear", node.Outputs[output], codes));
            }

            graph.ReplaceNode(node, [.. parts]);
            changed = true;
        }

        return changed;
    }

    private static Node Like(Graph graph, Node quantize, string name, string operatorName, string input, string output) =>
        new(graph.UniqueNode(name), operatorName, [input, .. quantize.Inputs[1..]], [output])
        {
            Attributes = new(quantize.Attributes, StringComparer.Ordinal),
        };
}
