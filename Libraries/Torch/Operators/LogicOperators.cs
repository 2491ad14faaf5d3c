namespace QatPipeline.Torch.Operators;

/// <summary>Comparison, logic and choice; what they give is bool.</summary>
internal static class LogicOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Equal", call => call.Input(0).eq(call.Input(1)));
        add("Less", call => call.Input(0).lt(call.Input(1)));
        add("LessOrEqual", call => call.Input(0).le(call.Input(1)));
        add("Greater", call => call.Input(0).gt(call.Input(1)));
        add("GreaterOrEqual", call => call.Input(0).ge(call.Input(1)));
        add("And", call => call.Input(0).logical_and(call.Beside(1, call.Input(0))));
        add("Or", call => call.Input(0).logical_or(call.Beside(1, call.Input(0))));
        add("Xor", call => call.Input(0).logical_xor(call.Beside(1, call.Input(0))));
        add("Not", call => call.Input(0).logical_not());
        add("IsNaN", call => call.Input(0).isnan());
        add("IsInf", IsInfinite);
        add("Where", call => where(call.Beside(0, call.Input(1)), call.Input(1), call.Input(2)));
    }

    private static Tensor IsInfinite(OperatorCall call)
    {
        var (input, none) = (call.Input(0), zeros_like(call.Input(0), dtype: ScalarType.Bool));
        var positive = call.Node.Int("detect_positive", 1) != 0 ? input.eq(double.PositiveInfinity) : none;
        return call.Node.Int("detect_negative", 1) != 0 ? positive.logical_or(input.eq(double.NegativeInfinity)) : positive;
    }
}
