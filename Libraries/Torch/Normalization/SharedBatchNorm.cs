using QatPipeline.Torch.Parallel;
using static TorchSharp.torch.nn.functional;

namespace QatPipeline.Torch.Normalization;

/// <summary>
/// A batch normalization in training whose batch is shared by several ranks: mean, variance and their gradients are those of all shares
/// together (Ioffe and Szegedy 2015), and so are the running statistics. This one is for the CPU.
/// </summary>
/// <param name="ranks">They have shares of equal size.</param>
/// <param name="runningMean">[C], moved by <see cref="Forward"/>.</param>
/// <param name="runningVariance">[C], likewise.</param>
/// <param name="momentum">Weight of the batch in the running statistics.</param>
/// <param name="epsilon">Added to variances.</param>
internal sealed class SharedBatchNorm(ICollective ranks, Tensor runningMean, Tensor runningVariance, double momentum, double epsilon)
    : ISharedNorm
{
    private double[] _means = [];
    private double[] _inverseDeviations = [];
    private double _count;

    public Tensor Forward(Tensor input, Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var rows = new ChannelRows(input);
        var moments = rows.Moments();
        ranks.Sum(moments);
        _count = (double)rows.Count * ranks.Size;
        _means = [.. moments.Take(rows.Channels).Select(sum => sum / _count)];
        double[] variances = [.. _means.Zip(moments.Skip(rows.Channels), (mean, squares) => Math.Max(0, (squares / _count) - (mean * mean)))];
        _inverseDeviations = [.. variances.Select(variance => 1 / Math.Sqrt(variance + epsilon))];
        var (mean, variance) = (Vector(_means, 1), Vector(variances, 1));
        runningMean.lerp_(mean, momentum);
        runningVariance.lerp_(Vector(variances, _count / Math.Max(1, _count - 1)), momentum);
        return batch_norm(input, mean, variance, weight, bias, training: false, momentum: 0, eps: epsilon).MoveToOuterDisposeScope();
    }

    public (Tensor Input, Tensor Weight, Tensor Bias) Backward(Tensor gradient, Tensor input, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var rows = new ChannelRows(input);
        var sums = rows.GradientSums(gradient, [.. _means.Select(mean => (float)mean)]);
        var own = sums.AsSpan().ToArray();
        ranks.Sum(sums);

        // dx = γ/σ·(dy − Σdy/n − (x − μ)·Σdy(x − μ)/(σ²n))
        var gammas = weight.ToFloats();
        var (factors, slopes, offsets) = (new float[rows.Channels], new float[rows.Channels], new float[rows.Channels]);
        for (var channel = 0; channel < rows.Channels; channel++)
        {
            var inverse = _inverseDeviations[channel];
            var factor = gammas[channel] * inverse;
            var slope = -factor * inverse * inverse * sums[rows.Channels + channel] / _count;
            (factors[channel], slopes[channel]) = ((float)factor, (float)slope);
            offsets[channel] = (float)((-factor * sums[channel] / _count) - (slope * _means[channel]));
        }

        return (
            rows.Combine(gradient, factors, slopes, offsets).MoveToOuterDisposeScope(),
            tensor(own.Skip(rows.Channels).Zip(_inverseDeviations, (sum, inverse) => (float)(sum * inverse)).ToArray()).MoveToOuterDisposeScope(),
            tensor(own.Take(rows.Channels).Select(sum => (float)sum).ToArray()).MoveToOuterDisposeScope());
    }

    private static Tensor Vector(double[] values, double factor) => tensor(Array.ConvertAll(values, value => (float)(value * factor)));
}
