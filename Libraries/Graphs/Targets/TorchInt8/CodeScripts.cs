namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>The operators that LibTorch computes on codes.</summary>
internal static class CodeScripts
{
    private const string Namespace = "ops.quantized";

    // LibTorch gives convolutions of more groups to FBGEMM, VNNI or not, which adds products in pairs of 16 bits.
    private const int MostGroupsWithoutPairs = 100;
    private const int LargestWeightInPairs = 64;

    /// <param name="values">What is known so far.</param>
    /// <param name="node">The operator.</param>
    /// <param name="targets">The codes asked for, one an output.</param>
    /// <returns>The variables with the codes; null where the operator has to be computed on floats.</returns>
    public static IReadOnlyList<string>? Write(ScriptValues values, Node node, IReadOnlyList<CodeTarget> targets)
    {
        if (node.Domain.Length > 0 || Quantizers.OperatorRoles.DataInputs(node).Select(index => values.Codes(node.Inputs[index])).ToArray()
            is not [{ }, ..] found || found.Contains(null))
        {
            return null;
        }

        var (inputs, target) = (Array.ConvertAll(found, codes => codes!.Value), targets[0]);
        var expression = node.OpType switch
        {
            "Conv" or "ConvTranspose" => Layer(values, node, inputs[0], target),
            "Add" or "Mul" when inputs.Length == 2 =>
                $"{Namespace}.{(node.Is("Add") ? "add" : "mul")}{target.Relu}"
                    + $"({inputs[0].Variable}, {inputs[1].Variable}, {target.Parameters})",
            "Concat" when !target.HasRelu => $"{Namespace}.cat([{string.Join(", ", inputs.Select(input => input.Variable))}], "
                + $"{node.Int("axis", 0)}, {target.Parameters})",
            "Sigmoid" when !target.HasRelu => $"{Namespace}.sigmoid({inputs[0].Variable}, {target.Parameters})",
            "HardSwish" when !target.HasRelu => $"{Namespace}.hardswish({inputs[0].Variable}, {target.Parameters})",
            _ => null,
        };
        return expression is not null ? [values.Module.Let(expression)]
            : targets.All(other => other == new CodeTarget(inputs[0].Scale, inputs[0].ZeroPoint, HasRelu: false))
                ? MovingScripts.Write(values, node, inputs[0].Variable)
                : null;
    }

    private static string? Layer(ScriptValues values, Node node, CodeTensor input, CodeTarget target)
    {
        var isTransposed = node.Is("ConvTranspose");
        if (DeployedWeight.OfPair(values.Graph, node) is not { Codes: { Type: ElementType.Int8, Rank: 4 } } weight

            // LibTorch packs weights of transposed convolutions with one scale only.
            || (isTransposed ? weight.Axis is not null || target.HasRelu : weight.Axis is not (null or 0))
            || (node.Input(2) is { } name && values.ConstantOf(name) is null)
            || (node.Int("group", 1) > MostGroupsWithoutPairs && SaturatesInPairs(weight.Codes)))
        {
            return null;
        }

        var geometry = ConvolutionGeometry.Of(node);
        var packed = values.Module.Packed(
            isTransposed ? "conv_transpose2d_prepack" : "conv2d_prepack", weight, values.ConstantOf(node.Input(2)), geometry.Prepacked);
        return $"{Namespace}.{(isTransposed ? "conv_transpose2d" : $"conv2d{target.Relu}")}"
            + $"({geometry.Padded(values, input.Variable)}, {packed}, {target.Parameters})";
    }

    /// <summary>Whether two products with codes up to 255 can exceed 16 bits: not with weights of 7 bits.</summary>
    private static bool SaturatesInPairs(Tensor weights) =>
        weights.As<sbyte>().ContainsAnyExceptInRange((sbyte)-LargestWeightInPairs, (sbyte)LargestWeightInPairs);
}
