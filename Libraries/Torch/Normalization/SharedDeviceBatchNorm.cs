using QatPipeline.Torch.Parallel;
using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Normalization;

/// <summary>
/// What <see cref="SharedBatchNorm"/> computes, by LibTorch's operators on whichever device the input lies: nothing leaves it.
/// </summary>
/// <param name="ranks">They have shares of equal size.</param>
/// <param name="runningMean">[C], moved by <see cref="Forward"/>.</param>
/// <param name="runningVariance">[C], likewise.</param>
/// <param name="momentum">Weight of the batch in the running statistics.</param>
/// <param name="epsilon">Added to variances.</param>
internal sealed class SharedDeviceBatchNorm(
    ICollective ranks, Tensor runningMean, Tensor runningVariance, double momentum, double epsilon) : ISharedNorm
{
    private const ScalarType Exact = ScalarType.Float64;

    private Tensor _mean = null!;
    private Tensor _inverseDeviation = null!;
    private double _count;

    public Tensor Forward(Tensor input, Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var axes = AxesOf(input);
        var exact = input.to(Exact);
        var moments = stack([exact.sum(axes), exact.square().sum(axes)]); // [2,C]
        ranks.Sum(moments);
        _count = (double)input.numel() / input.shape[1] * ranks.Size;
        _mean = (moments[0] / _count).DetachFromDisposeScope();
        var variance = ((moments[1] / _count) - _mean.square()).clamp(min: 0);
        _inverseDeviation = (variance + epsilon).rsqrt().DetachFromDisposeScope();
        runningMean.lerp_(_mean.to(input.dtype), momentum);
        runningVariance.lerp_((variance * (_count / Math.Max(1, _count - 1))).to(input.dtype), momentum);
        return batch_norm(
                input, _mean.to(input.dtype), variance.to(input.dtype), weight, bias, training: false, momentum: 0, eps: epsilon)
            .MoveToOuterDisposeScope();
    }

    public (Tensor Input, Tensor Weight, Tensor Bias) Backward(Tensor gradient, Tensor input, Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var mean = _mean;
        using var inverse = _inverseDeviation;
        var axes = AxesOf(input);
        long[] channels = [1, -1, .. Enumerable.Repeat(1L, input.shape.Length - 2)];
        Tensor OfChannels(Tensor values) => values.to(input.dtype).reshape(channels);
        var products = gradient * (input - OfChannels(mean));
        var own = stack([gradient.sum(axes, type: Exact), products.sum(axes, type: Exact)]);
        var sums = own.clone();
        ranks.Sum(sums);

        // dx = γ/σ·(dy − Σdy/n − (x − μ)·Σdy(x − μ)/(σ²n))
        var factor = weight.to(Exact) * inverse;
        var slope = -factor * inverse.square() * sums[1] / _count;
        var offset = (-factor * sums[0] / _count) - (slope * mean);
        return (
            ((gradient * OfChannels(factor)) + (input * OfChannels(slope)) + OfChannels(offset)).MoveToOuterDisposeScope(),
            (own[1] * inverse).to(weight.dtype).MoveToOuterDisposeScope(),
            own[0].to(weight.dtype).MoveToOuterDisposeScope());
    }

    // All but that of the channels.
    private static long[] AxesOf(Tensor input) =>
        [.. Enumerable.Range(0, input.shape.Length).Where(axis => axis != 1).Select(axis => (long)axis)];
}
