using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>
/// Quantize and dequantize as one node of the autograd graph. Forward equals <see cref="QuantizationParameters.FakeQuantize"/> bit
/// for bit; backward is the straight-through estimator inside the range (reference 6.1) and, where the range is learned, its gradient.
/// </summary>
/// <remarks>
/// Arguments: the tensor, the range's log factors [2] or null, and <see cref="FakeQuantizeArguments"/>. LibTorch's own quantize kernel
/// is not used: it multiplies by the inverse scale where ONNX divides, which moves values near a half to the other code.
/// </remarks>
internal sealed class FakeQuantizeFunction : autograd.SingleTensorFunction<FakeQuantizeFunction>
{
    private const string ArgumentsKey = "arguments";
    private const string LearnsRangeKey = "learnsRange";

    public override string Name => nameof(FakeQuantizeFunction);

    public static Tensor Apply(Tensor input, Tensor? logFactors, FakeQuantizeArguments arguments) =>
        is_grad_enabled() && (input.requires_grad || logFactors is { requires_grad: true })
            ? apply(input, logFactors!, arguments)
            : FakeQuantizeKernel.Forward(input, arguments);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.set_materialize_grads(false);
        var input = (Tensor)vars[0];
        var arguments = (FakeQuantizeArguments)vars[2];
        ctx.save_for_backward([input]);
        ctx.save_data(ArgumentsKey, arguments);
        ctx.save_data(LearnsRangeKey, vars[1] is Tensor { requires_grad: true });
        return FakeQuantizeKernel.Forward(input, arguments);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var arguments = (FakeQuantizeArguments)ctx.get_data(ArgumentsKey);
        var input = ctx.get_saved_variables()[0];
        try
        {
            return (bool)ctx.get_data(LearnsRangeKey)
                ? [FakeQuantizeKernel.Backward(grad_output, input, arguments), RangeGradient.Compute(grad_output, input, arguments), null!]
                : [FakeQuantizeKernel.Backward(grad_output, input, arguments), null!, null!];
        }
        finally
        {
            input.Dispose();
        }
    }
}
