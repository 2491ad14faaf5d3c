namespace QatPipeline.Torch.Normalization;

/// <summary>A <see cref="ISharedNorm"/> as one node of the autograd graph.</summary>
/// <remarks>Arguments: input [N,C,…], γ [C], β [C], and the <see cref="ISharedNorm"/>.</remarks>
internal sealed class SharedBatchNormFunction : autograd.SingleTensorFunction<SharedBatchNormFunction>
{
    private const string NormKey = "norm";

    public override string Name => nameof(SharedBatchNormFunction);

    public static Tensor Apply(Tensor input, Tensor weight, Tensor bias, ISharedNorm norm) => apply(input, weight, bias, norm);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (weight, bias, norm) = ((Tensor)vars[1], (Tensor)vars[2], (ISharedNorm)vars[3]);
        var input = ((Tensor)vars[0]).contiguous();
        ctx.save_for_backward([input, weight]);
        ctx.save_data(NormKey, norm);
        return norm.Forward(input, weight, bias);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        using var gradient = grad_output.contiguous();
        try
        {
            var (input, weight, bias) = ((ISharedNorm)ctx.get_data(NormKey)).Backward(gradient, saved[0], saved[1]);
            return [input, weight, bias, null!];
        }
        finally
        {
            saved.ForEach(value => value.Dispose());
        }
    }
}
