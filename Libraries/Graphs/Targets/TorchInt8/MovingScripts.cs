namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>Operators that only move values, and are written the same for codes as for floats.</summary>
internal static class MovingScripts
{
    /// <param name="values">What is known so far.</param>
    /// <param name="node">The operator.</param>
    /// <param name="input">The variable with its data input.</param>
    /// <returns>The variables, one an output; null for any other operator.</returns>
    public static IReadOnlyList<string>? Write(ScriptValues values, Node node, string input)
    {
        if (node.Is("Split"))
        {
            return Split(values, node, input);
        }

        var expression = node.OpType switch
        {
            "MaxPool" => MaxPool(node, input),
            "Resize" => Resize(values, node, input),
            "Reshape" => Reshape(values, node, input),
            "Transpose" when node.Ints("perm") is { } order => $"torch.permute({input}, {ScriptModule.Numbers(order)})",
            "Flatten" when node.Int("axis", 1) == 1 => $"torch.flatten({input}, 1, -1)",
            "Slice" => Slice(values, node, input),
            "Squeeze" or "Unsqueeze" => Axes(values, node, input),
            "Identity" or "Dropout" => input,
            _ => null,
        };
        return expression is null ? null : [values.Module.Let(expression)];
    }

    private static string MaxPool(Node node, string input) =>
        $"torch.max_pool2d({Window(node, input, "-inf")}, {ScriptModule.Numbers(node.Ints("dilations") ?? [1, 1])}, {Ceil(node)})";

    /// <summary>Input, kernel, strides and pads of a pooling.</summary>
    public static string Window(Node node, string input, string padding)
    {
        if (node.String("auto_pad", "NOTSET") is not ("NOTSET" or "VALID") || node.Ints("kernel_shape") is not { Count: 2 } kernel)
        {
            throw ScriptValues.Unsupported(node, "it is not a pooling over two axes with explicit padding");
        }

        if (node.Ints("pads") is [var top, var left, var bottom, var right] && (top, left) != (bottom, right))
        {
            throw ScriptValues.Unsupported(node, $"its padding, which is {padding}, differs from side to side");
        }

        return $"{input}, {ScriptModule.Numbers(kernel)}, {ScriptModule.Numbers(node.Ints("strides") ?? [1, 1])}, "
            + ScriptModule.Numbers((node.Ints("pads") ?? [0, 0, 0, 0]).Take(2));
    }

    public static string Ceil(Node node) => node.Int("ceil_mode", 0) == 1 ? "True" : "False";

    private static string Resize(ScriptValues values, Node node, string input)
    {
        var scales = values.ConstantOf(node.Input(2)) is { Length: 4 } given ? given.ToFloats()
            : values.LongsOf(node.Input(3)) is { Length: 4 } sizes
                && values.Graph.FindValue(node.Inputs[0])?.StaticShape is { Length: 4 } shape
                ? [.. sizes.Zip(shape, (size, before) => (float)size / before)]
                : [];
        var coordinates = node.String("coordinate_transformation_mode", "half_pixel");
        var rounding = node.String("nearest_mode", "round_prefer_floor");
        return node.String("mode", "nearest") == "nearest"
            && scales is [1, 1, >= 1 and var rows, >= 1 and var columns]
            && float.IsInteger(rows) && float.IsInteger(columns)
            && (coordinates, rounding) is ("asymmetric", "floor") or ("half_pixel" or "pytorch_half_pixel", "round_prefer_floor")
            ? $"torch.upsample_nearest2d({input}, None, [{ScriptModule.Number(rows)}, {ScriptModule.Number(columns)}])"
            : throw ScriptValues.Unsupported(node, "only the nearest element, repeated a whole number of times, can be taken");
    }

    private static string Reshape(ScriptValues values, Node node, string input)
    {
        var shape = values.LongsOf(node.Input(1)) ?? throw ScriptValues.Unsupported(node, "its shape is computed while the model runs");
        var sizes = shape.Select((size, axis) => size == 0 && node.Int("allowzero", 0) == 0 ? $"torch.size({input}, {axis})" : $"{size}");
        return $"torch.reshape({input}, [{string.Join(", ", sizes)}])";
    }

    private static string Slice(ScriptValues values, Node node, string input)
    {
        if (values.LongsOf(node.Input(1)) is not { } starts || values.LongsOf(node.Input(2)) is not { } ends)
        {
            throw ScriptValues.Unsupported(node, "its limits are computed while the model runs");
        }

        var axes = values.LongsOf(node.Input(3)) ?? [.. starts.Select((_, axis) => (long)axis)];
        var steps = values.LongsOf(node.Input(4)) ?? [.. starts.Select(_ => 1L)];
        if (steps.Any(step => step < 1))
        {
            throw ScriptValues.Unsupported(node, "it goes backwards");
        }

        return axes.Index().Aggregate(
            input, (result, axis) => $"torch.slice({result}, {axis.Item}, {starts[axis.Index]}, {ends[axis.Index]}, {steps[axis.Index]})");
    }

    private static string Axes(ScriptValues values, Node node, string input)
    {
        var axes = values.LongsOf(node.Input(1)) ?? node.Ints("axes")?.ToArray()
            ?? throw ScriptValues.Unsupported(node, "its axes are not given");
        return node.Is("Unsqueeze")
            ? axes.Order().Aggregate(input, (result, axis) => $"torch.unsqueeze({result}, {axis})")
            : axes.OrderDescending().Aggregate(input, (result, axis) => $"torch.squeeze({result}, {axis})");
    }

    private static List<string> Split(ScriptValues values, Node node, string input)
    {
        var axis = node.Int("axis", 0);
        var parts = values.LongsOf(node.Input(1)) ?? node.Ints("split")?.ToArray()
            ?? (values.Graph.FindValue(node.Inputs[0])?.Shape is { } shape
                && shape[(int)(axis < 0 ? axis + shape.Count : axis)].Value is { } size
                && size % node.Outputs.Count == 0
                ? [.. Enumerable.Repeat(size / node.Outputs.Count, node.Outputs.Count)]
                : throw ScriptValues.Unsupported(node, "the sizes of its parts are not known"));
        var (variables, start) = (new List<string>(), 0L);
        foreach (var length in parts)
        {
            variables.Add(values.Module.Let($"torch.slice({input}, {axis}, {start}, {start + length}, 1)"));
            start += length;
        }

        return variables;
    }
}
