namespace QatPipeline.Torch.Operators;

/// <summary>Element-wise arithmetic with broadcasting, on float tensors and on integer shape tensors.</summary>
internal static class ArithmeticOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Add", call => call.Input(0) + call.Input(1));
        add("Sub", call => call.Input(0) - call.Input(1));
        add("Mul", call => call.Input(0) * call.Input(1));
        add("Div", Div);
        add("Pow", call => call.Input(0).pow(call.Input(1)));
        add("Max", call => Fold(call, maximum));
        add("Min", call => Fold(call, minimum));
        add("Sum", call => Fold(call, (left, right) => left + right));
        add("Neg", call => call.Input(0).neg());
        add("Abs", call => call.Input(0).abs());
        add("Sqrt", call => call.Input(0).sqrt());
        add("Exp", call => call.Input(0).exp());
        add("Log", call => call.Input(0).log());
        add("Reciprocal", call => call.Input(0).reciprocal());
        add("Floor", call => call.Input(0).floor());
        add("Ceil", call => call.Input(0).ceil());
        add("Round", call => call.Input(0).round());
        add("Sign", call => call.Input(0).sign());
        add("Sin", call => call.Input(0).sin());
        add("Cos", call => call.Input(0).cos());
        add("Tan", call => call.Input(0).tan());
        add("Asin", call => call.Input(0).asin());
        add("Acos", call => call.Input(0).acos());
        add("Atan", call => call.Input(0).atan());
        add("Sinh", call => call.Input(0).sinh());
        add("Cosh", call => call.Input(0).cosh());
        add("Mean", call => Fold(call, (left, right) => left + right) / call.InputCount);
        add("Mod", call => call.Node.Int("fmod", 0) != 0
            ? call.Input(0).fmod(call.Input(1))
            : call.Input(0).remainder(call.Input(1)));
        add("Erf", call => call.Input(0).erf());
    }

    // Integer division truncates; TorchSharp's "/" gives a float tensor, whatever rounding mode it is asked for.
    private static Tensor Div(OperatorCall call) => call.Input(0).is_floating_point()
        ? call.Input(0) / call.Input(1)
        : (call.Input(0).to(ScalarType.Float64) / call.Input(1)).trunc_().to(ScalarType.Int64);

    private static Tensor Fold(OperatorCall call, Func<Tensor, Tensor, Tensor> combine)
    {
        var result = call.Input(0).alias();
        for (var index = 1; index < call.InputCount; index++)
        {
            result = combine(result, call.Input(index));
        }

        return result;
    }
}
