namespace QatPipeline.Torch.Operators;

/// <summary>
/// QuantizeLinear and DequantizeLinear of imported models, for inference. Codes are float tensors holding integers: what follows is a
/// DequantizeLinear, and no integer kernel is simulated here.
/// </summary>
internal static class QuantizationOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("QuantizeLinear", Quantize);
        add("DequantizeLinear", call => Shift(call, -1).mul_(Along(call, call.Input(1))));
    }

    private static Tensor Quantize(OperatorCall call)
    {
        var (low, high) = CodeRange(call);
        var codes = (call.Input(0) / Along(call, call.Input(1))).round_();
        if (call.Optional(2) is { } zeroPoint)
        {
            codes = codes.add_(Along(call, zeroPoint));
        }

        return codes.clamp(low, high);
    }

    // The type of the zero point is the type of the codes; without one they are uint8.
    private static (int Low, int High) CodeRange(OperatorCall call)
    {
        var type = call.Node.Input(2) is { } zeroPoint ? call.Context.Graph.FindValue(zeroPoint)?.Type : ElementType.UInt8;
        return type switch
        {
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            _ => throw call.Unsupported($"quantization to {type?.ToString() ?? "an unknown type"}"),
        };
    }

    private static Tensor Shift(OperatorCall call, int sign)
    {
        var codes = call.Input(0).to(ScalarType.Float32);
        return call.Optional(2) is { } zeroPoint ? codes + (sign * Along(call, zeroPoint)) : codes.clone();
    }

    private static Tensor Along(OperatorCall call, Tensor parameter)
    {
        var local = parameter.to(ScalarType.Float32).to(call.Context.Device);
        if (parameter.numel() == 1)
        {
            return local.reshape([]);
        }

        var rank = (int)call.Input(0).dim();
        var axis = (int)call.Node.Int("axis", 1);
        long[] shape = [.. Enumerable.Repeat(1L, rank)];
        shape[axis < 0 ? axis + rank : axis] = -1;
        return local.reshape(shape);
    }
}
