using QatPipeline.Graphs.Inference;

namespace QatPipeline.Graphs.Passes;

/// <summary>Brings a graph of opset 7 to 13 to 14: 13 was the first with quantization per channel, 14 has HardSwish as well.</summary>
internal static class OpsetUpgrade
{
    private const int PerAxis = 13;
    private const int HardSwish = 14;

    /// <summary>Operators that mean something else, or are written otherwise, in some opset from 7 to 13.</summary>
    private static readonly HashSet<string> Changed = new(StringComparer.Ordinal)
    {
        "Squeeze", "Unsqueeze", "ReduceSum", "Split", "Softmax", "LogSoftmax", "Hardmax", "Clip", "Pad", "Slice", "TopK", "Dropout",
        "Upsample", "Resize", "Scatter", "BatchNormalization",
    };

    /// <summary>Changes the graph in place; nothing happens from opset 14 on.</summary>
    /// <exception cref="GraphException">An operator's old meaning has no equivalent.</exception>
    public static void Apply(Graph graph)
    {
        if (graph.Opset < PerAxis)
        {
            UpgradeToPerAxis(graph);
        }

        if (graph.Opset < HardSwish)
        {
            graph.Nodes.FindAll(node => node.Is("BatchNormalization")).ForEach(node => LeaveStatistics(graph, node));
            graph.Opset = HardSwish;
        }
    }

    private static void UpgradeToPerAxis(Graph graph)
    {
        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0).ToArray())
        {
            RequireUnchangedBodies(graph, node);
            Upgrade(graph, node);
        }

        graph.Opset = PerAxis;
        NormalizeOneAxis(graph);
    }

    private static void Upgrade(Graph graph, Node node)
    {
        switch (node.OpType)
        {
            case "Squeeze" or "Unsqueeze" or "ReduceSum":
                IntegersToInput(graph, node, "axes", 1);
                break;
            case "Split":
                IntegersToInput(graph, node, "split", 1);
                break;
            case "Clip":
                FloatToInput(graph, node, "min", 1);
                FloatToInput(graph, node, "max", 2);
                break;
            case "Pad":
                IntegersToInput(graph, node, "pads", 1);
                FloatToInput(graph, node, "value", 2);
                break;
            case "Slice":
                IntegersToInput(graph, node, "starts", 1);
                IntegersToInput(graph, node, "ends", 2);
                IntegersToInput(graph, node, "axes", 3);
                break;
            case "TopK" when node.Attributes.Remove("k", out var k) && k is IntAttribute { Value: var count }:
                SetInput(graph, node, 1, "k", Tensor.FromLongs([1], count));
                break;
            case "Dropout":
                node.Attributes.Remove("ratio");
                break;
            case "Upsample" or "Resize" when graph.Opset < 11:
                Resample(graph, node);
                break;
            case "Scatter":
                graph.ReplaceNode(node, new Node(node.Name, "ScatterElements", node.Inputs, node.Outputs) { Attributes = node.Attributes });
                break;
            case "BatchNormalization":
                RequireOneChannelAxis(graph, node);
                break;
            default:
                break;
        }
    }

    // A body is not looked into, and its nodes are of the model's opset.
    private static void RequireUnchangedBodies(Graph graph, Node node)
    {
        var inside = node.Attributes.Values.OfType<OpaqueAttribute>().SelectMany(body => body.Operators);
        if (inside.FirstOrDefault(Changed.Contains) is { } inner)
        {
            throw new GraphException(
                $"{node} has a body with {inner}, which opset {graph.Opset} writes otherwise than opset {PerAxis}: export the model with "
                + $"opset {PerAxis} or later.");
        }
    }

    private static void IntegersToInput(Graph graph, Node node, string name, int input)
    {
        if (node.Ints(name) is { } values)
        {
            node.Attributes.Remove(name);
            SetInput(graph, node, input, name, Tensor.FromLongs([values.Count], [.. values]));
        }
    }

    private static void FloatToInput(Graph graph, Node node, string name, int input)
    {
        if (node.Attributes.Remove(name, out var value) && value is FloatAttribute { Value: var number })
        {
            SetInput(graph, node, input, name, Tensor.Scalar(number));
        }
    }

    private static void SetInput(Graph graph, Node node, int input, string name, Tensor tensor)
    {
        while (node.Inputs.Count <= input)
        {
            node.Inputs.Add("");
        }

        node.Inputs[input] = graph.AddConstant($"{node.Name}.{name}", tensor);
    }

    /// <summary>Before opset 13 Softmax and its like normalised everything from the axis on together, since then only the axis.</summary>
    private static void NormalizeOneAxis(Graph graph)
    {
        var nodes = graph.Nodes.Where(node => node.Is("Softmax") || node.Is("LogSoftmax") || node.Is("Hardmax")).ToArray();
        if (nodes.Length == 0)
        {
            return;
        }

        // Few files say of what rank their inner values are.
        GraphOrder.Sort(graph);
        var analysis = new ValueAnalysis(graph, ShapeInference.LargestShapeConstant);
        foreach (var node in nodes)
        {
            var axis = node.Int("axis", 1);
            node.Attributes["axis"] = -1L;
            if (axis != -1 && axis != analysis.Find(node.Inputs[0])?.Shape?.Count - 1)
            {
                NormalizeRows(graph, node, axis);
            }
        }
    }

    private static void NormalizeRows(Graph graph, Node node, long axis)
    {
        var (input, output) = (node.Inputs[0], node.Outputs[0]);
        var (shape, flat, result) =
            (graph.UniqueValue($"{output}.shape"), graph.UniqueValue($"{output}.flat"), graph.UniqueValue($"{output}.rows"));
        var flatten = new Node(graph.UniqueNode($"{node.Name}.flatten"), "Flatten", [input], [flat]) { Attributes = { ["axis"] = axis } };
        graph.ReplaceNode(
            node,
            new Node(graph.UniqueNode($"{node.Name}.shape"), "Shape", [input], [shape]),
            flatten,
            new Node(node.Name, node.OpType, [flat], [result]) { Attributes = node.Attributes },
            new Node(graph.UniqueNode($"{node.Name}.reshape"), "Reshape", [result, shape], [output]));
    }

    /// <summary>Upsample, and Resize of opset 10, picked input ⌊output / scale⌋, and interpolated at output / scale.</summary>
    private static void Resample(Graph graph, Node node)
    {
        var resize = new Node(node.Name, "Resize", [node.Inputs[0], "", node.Input(1) ?? ""], node.Outputs)
        {
            Attributes = { ["mode"] = node.String("mode", "nearest"), ["coordinate_transformation_mode"] = "asymmetric" },
        };
        if (resize.String("mode", "") == "nearest")
        {
            resize.Attributes["nearest_mode"] = "floor";
        }

        if (node.Floats("scales") is { } scales)
        {
            resize.Inputs[2] = graph.AddConstant($"{node.Name}.scales", Tensor.FromFloats([scales.Count], [.. scales]));
        }

        graph.ReplaceNode(node, resize);
    }

    private static void RequireOneChannelAxis(Graph graph, Node node)
    {
        if (node.Attributes.Remove("spatial", out var spatial) && spatial is IntAttribute { Value: 0 })
        {
            throw new GraphException(
                $"{node} of opset {graph.Opset} has statistics for every position (spatial = 0), for which later opsets have no operator.");
        }
    }

    private static void LeaveStatistics(Graph graph, Node node)
    {
        var links = graph.Link();
        if (node.Outputs.Skip(1).Any(output => links.IsPinned(output) || links.ConsumersOf(output).Count > 0))
        {
            throw new GraphException($"{node} gives its statistics too: export the model for inference, not for training.");
        }

        node.Outputs.RemoveRange(1, node.Outputs.Count - 1);
    }
}
