namespace QatPipeline.Torch.Operators;

/// <summary>Matrix products.</summary>
internal static class LinearOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("MatMul", call => call.Input(0).matmul(call.Input(1)));
        add("Gemm", Gemm);
        add("Einsum", call => einsum(
            call.Node.String("equation", "").Replace(" ", "", StringComparison.Ordinal),
            [.. Enumerable.Range(0, call.InputCount).Select(call.Input)]));
        add("Attention", Attention);
    }

    /// <summary>Softmax(Q·Kᵀ·scale + mask)·V with heads apart, [N, H, L, D], or side by side, [N, L, H·D].</summary>
    private static Tensor Attention(OperatorCall call)
    {
        if (call.OutputCount > 1
            || Enumerable.Range(4, 3).Any(index => call.Optional(index) is not null)
            || call.Node.Float("softcap", 0) != 0)
        {
            throw call.Unsupported("an Attention with a cache, a cap or further outputs");
        }

        var isJoined = call.Input(0).dim() == 3;
        var (query, key, value) = (Heads(call, 0, "q_num_heads"), Heads(call, 1, "kv_num_heads"), Heads(call, 2, "kv_num_heads"));
        var shared = query.shape[1] / key.shape[1];
        (key, value) = shared > 1 ? (key.repeat_interleave(shared, 1), value.repeat_interleave(shared, 1)) : (key, value);
        var scale = call.Node.Float("scale", (float)(1 / Math.Sqrt(query.shape[3])));
        var scores = query.matmul(key.transpose(2, 3)) * scale;
        if (call.Optional(3) is { } mask)
        {
            scores = mask.dtype == ScalarType.Bool
                ? scores.masked_fill(mask.logical_not().to(scores.device), double.NegativeInfinity)
                : scores + mask;
        }

        if (call.Node.Int("is_causal", 0) != 0)
        {
            var later = ones(scores.shape[2], scores.shape[3], dtype: ScalarType.Bool, device: scores.device).triu(1);
            scores = scores.masked_fill(later, double.NegativeInfinity);
        }

        var result = scores.softmax(-1).matmul(value);
        return isJoined ? result.transpose(1, 2).reshape(result.shape[0], result.shape[2], -1) : result;
    }

    private static Tensor Heads(OperatorCall call, int index, string attribute)
    {
        var input = call.Input(index);
        return input.dim() == 4
            ? input
            : input.reshape(input.shape[0], input.shape[1], call.Node.Int(attribute, 1), -1).transpose(1, 2);
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
