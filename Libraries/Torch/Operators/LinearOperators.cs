namespace QatPipeline.Torch.Operators;

/// <summary>Matrix products.</summary>
internal static class LinearOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("MatMul", call => call.Input(0).matmul(call.Input(1)));
        add("Gemm", Gemm);
    }

    private static Tensor Gemm(OperatorCall call)
    {
        var left = call.Node.Int("transA", 0) != 0 ? call.Input(0).t() : call.Input(0);
        var right = call.Node.Int("transB", 0) != 0 ? call.Input(1).t() : call.Input(1);
        var (alpha, beta) = (call.Node.Float("alpha", 1), call.Node.Float("beta", 1));
        return call.Optional(2) is { } addend
            ? addmm(addend, left, right, beta, alpha)
            : left.matmul(right) * alpha;
    }
}
