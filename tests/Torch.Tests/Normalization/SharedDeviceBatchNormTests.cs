using QatPipeline.Torch.Normalization;
using QatPipeline.Torch.Parallel;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.Normalization;

public sealed class SharedDeviceBatchNormTests
{
    [Theory]
    [InlineData(new long[] { 5, 3, 4, 7 })]
    [InlineData(new long[] { 6, 2 })]
    public void Norm_OnAnyDevice_IsThatOfTheProcessors(long[] shape)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (input, gradient, channels) = (randn(shape, generator: new Generator(1)), randn(shape, generator: new Generator(2)), shape[1]);
        input = (input * 3) + 2;
        var (weight, bias) = (arange(1, 1 + channels, float32), arange(channels, float32));

        Tensor[] Compute(Func<Tensor, Tensor, ISharedNorm> create)
        {
            var (mean, variance) = (zeros(channels), ones(channels));
            var norm = create(mean, variance);
            var output = norm.Forward(input, weight, bias);
            var (ofInput, ofWeight, ofBias) = norm.Backward(gradient, input, weight);
            return [output, mean, variance, ofInput, ofWeight, ofBias];
        }

        var expected = Compute((mean, variance) => new SharedBatchNorm(new Twin(), mean, variance, 0.03, 1e-3));
        var actual = Compute((mean, variance) => new SharedDeviceBatchNorm(new Twin(), mean, variance, 0.03, 1e-3));

        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.shape, pair.Second.shape);
            Assert.InRange(linalg.norm(pair.First - pair.Second).item<float>() / linalg.norm(pair.First).item<float>(), 0, 2e-6);
        });
    }

    // One of two ranks; the other's share is the same as this one's.
    private sealed class Twin : ICollective
    {
        public int Rank => 0;

        public int Size => 2;

        public void Sum(Span<float> values) => throw new NotSupportedException();

        public void Sum(Span<double> values)
        {
            foreach (ref var value in values)
            {
                value *= 2;
            }
        }

        public void Sum(Tensor values) => values.mul_(2);

        public void Broadcast(Span<byte> content) => throw new NotSupportedException();

        public void Barrier() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
