namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>The operators on floats: what no integer operator computes.</summary>
internal static class FloatScripts
{
    private static readonly Dictionary<string, string> SameName = new(StringComparer.Ordinal)
    {
        ["Relu"] = "relu",
        ["Sigmoid"] = "sigmoid",
        ["Tanh"] = "tanh",
        ["Exp"] = "exp",
        ["Log"] = "log",
        ["Sqrt"] = "sqrt",
        ["Abs"] = "abs",
        ["Neg"] = "neg",
        ["Floor"] = "floor",
        ["Ceil"] = "ceil",
        ["HardSwish"] = "hardswish",
        ["Add"] = "add",
        ["Sub"] = "sub",
        ["Mul"] = "mul",
        ["Div"] = "div",
        ["Pow"] = "pow",
        ["MatMul"] = "matmul",
        ["Max"] = "maximum",
        ["Min"] = "minimum",
    };

    /// <exception cref="GraphException">There is no counterpart.</exception>
    public static void Write(ScriptValues values, Node node)
    {
        if (node.Domain.Length > 0)
        {
            throw ScriptValues.Unsupported(node, "its operator is not ONNX's");
        }

        var module = values.Module;
        if (Expression(values, node) is { } expression)
        {
            values.Set(node.Outputs[0], module.Let(expression));
            return;
        }

        var outputs = MovingScripts.Write(values, node, values.Float(node.Inputs[0]))
            ?? throw ScriptValues.Unsupported(node, "the operator is not known there");
        foreach (var (output, variable) in node.Outputs.Zip(outputs))
        {
            values.Set(output, variable);
        }
    }

    private static string? Expression(ScriptValues values, Node node)
    {
        string Input(int index) => values.Float(node.Inputs[index]);
        string Optional(int index) => node.Input(index) is { } value ? values.Float(value) : "None";
        string Attribute(string name, float absent) => ScriptModule.Number(node.Float(name, absent));

        return node.OpType switch
        {
            var name when SameName.TryGetValue(name, out var function) && node.Inputs.Count <= 2 =>
                $"torch.{function}({string.Join(", ", node.Inputs.Select(values.Float))})",
            "Conv" or "ConvTranspose" => ConvolutionGeometry.Of(node).Call(values, Input(0), Input(1), Optional(2)),
            "LeakyRelu" => $"torch.leaky_relu({Input(0)}, {Attribute("alpha", 0.01f)})",
            "HardSigmoid" =>
                $"torch.clamp(torch.add(torch.mul({Input(0)}, {Attribute("alpha", 0.2f)}), {Attribute("beta", 0.5f)}), 0.0, 1.0)",
            "Clip" => $"torch.clamp({Input(0)}, {Bound(values, node, 1)}, {Bound(values, node, 2)})",
            "Concat" => $"torch.cat([{string.Join(", ", node.Inputs.Select(values.Float))}], {node.Int("axis", 0)})",
            "Softmax" when values.Graph.Opset >= 13 => $"torch.softmax({Input(0)}, {node.Int("axis", -1)})",
            "GlobalAveragePool" => $"torch.mean({Input(0)}, [2, 3], True)",
            "AveragePool" => $"torch.avg_pool2d({MovingScripts.Window(node, Input(0), "left out of the average")}, "
                + $"{MovingScripts.Ceil(node)}, {(node.Int("count_include_pad", 0) == 1 ? "True" : "False")})",
            "ReduceMean" => Reduction(values, node, "mean"),
            "ReduceSum" => Reduction(values, node, "sum"),
            "ReduceMax" => Reduction(values, node, "amax"),
            "Pad" => Pad(values, node),
            _ => null,
        };
    }

    private static string Bound(ScriptValues values, Node node, int input) => node.Input(input) is null ? "None"
        : values.ScalarOf(node.Input(input)) is { } bound ? ScriptModule.Number(bound)
        : throw ScriptValues.Unsupported(node, "its limits are computed while the model runs");

    private static string Reduction(ScriptValues values, Node node, string function)
    {
        var axes = values.LongsOf(node.Input(1)) ?? node.Ints("axes")?.ToArray()
            ?? throw ScriptValues.Unsupported(node, "its axes are not given");
        return $"torch.{function}({values.Float(node.Inputs[0])}, {ScriptModule.Numbers(axes)}, "
            + $"{(node.Int("keepdims", 1) == 1 ? "True" : "False")})";
    }

    /// <summary>LibTorch counts pads from the last axis on, both sides of an axis together.</summary>
    private static string Pad(ScriptValues values, Node node)
    {
        if (node.String("mode", "constant") != "constant" || node.Input(3) is not null || values.LongsOf(node.Input(1)) is not { } pads)
        {
            throw ScriptValues.Unsupported(node, "only constant padding of all axes is known there");
        }

        var rank = pads.Length / 2;
        var pairs = Enumerable.Range(0, rank).Reverse().SelectMany(axis => new[] { pads[axis], pads[axis + rank] });
        var value = node.Input(2) is null ? 0 : values.ScalarOf(node.Input(2))
            ?? throw ScriptValues.Unsupported(node, "its value is computed while the model runs");
        return $"torch.constant_pad_nd({values.Float(node.Inputs[0])}, {ScriptModule.Numbers(pairs)}, {ScriptModule.Number(value)})";
    }
}
