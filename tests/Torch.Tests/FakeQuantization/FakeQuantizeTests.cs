using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Torch.FakeQuantization;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.FakeQuantization;

public sealed class FakeQuantizeTests
{
    // Reference specification, section 11: amax 2.0, codes −128…127, and the narrow variant.
    private static readonly float[] Inputs = [0.0079f, 1.5f / 63.5f, 2.5f / 63.5f, 1.999f, 2.0f, 2.1f, -1.0f, -2.1f];
    private static readonly float[] Expected = [0.0157480314f, 0.0314960629f, 0.0314960629f, 2, 2, 2, -1.0078740120f, -2.0157480240f];
    private static readonly float[] Gradients = [1, 1, 1, 1, 1, 0, 1, 0];

    [Fact]
    public void Apply_CheckValues()
    {
        using var scope = NewDisposeScope();
        var x = tensor(Inputs).requires_grad_();
        var y = FakeQuantizeFunction.Apply(x, null, Arguments(QuantizationScheme.SignedSymmetric, QuantizationRange.FromAmax(2)));
        y.sum().backward();

        // 2.5/63.5 is a tie of the reference's product; dividing by the scale it may fall to the neighbouring code.
        foreach (var (index, value) in y.ToFloats().Index().Where(item => item.Index is not (1 or 2)))
        {
            Assert.Equal(Expected[index], value, 1e-7f);
        }

        Assert.Equal(Gradients, x.grad!.ToFloats());
    }

    [Fact]
    public void Apply_Narrow_StopsAtMinus127()
    {
        using var scope = NewDisposeScope();
        var y = FakeQuantizeFunction.Apply(tensor(Inputs), null, Arguments(QuantizationScheme.SignedNarrow, QuantizationRange.FromAmax(2)));
        Assert.Equal(-2f, y.ToFloats()[^1]);
    }

    [Theory]
    [InlineData(QuantizationScheme.SignedSymmetric, -1.7f, 1.7f)]
    [InlineData(QuantizationScheme.SignedNarrow, -0.3f, 0.3f)]
    [InlineData(QuantizationScheme.UnsignedNonNegative, 0, 3.1f)]
    [InlineData(QuantizationScheme.UnsignedAffine, -0.375f, 6.2f)]
    [InlineData(QuantizationScheme.SignedSymmetric, 0, 0)]
    public void Apply_EqualsScalarDefinition_BitForBit(QuantizationScheme scheme, float low, float high)
    {
        using var scope = NewDisposeScope();
        var range = new QuantizationRange(low, high);
        var parameters = QuantizationParameters.Create(scheme, range);
        var ties = Enumerable.Range(-300, 600).Select(code => (code + 0.5f) * parameters.Scale);
        float[] values = [.. RandomTensors.Normal(1, 100_000).ToFloats(), .. ties, 0, -0f, low, high];

        var actual = FakeQuantizeFunction.Apply(tensor(values), null, Arguments(scheme, range)).ToFloats();

        Assert.Equal(values.Select(parameters.FakeQuantize), actual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Apply_PerChannel_EqualsEveryChannelAlone(int axis)
    {
        using var scope = NewDisposeScope();
        var x = RandomTensors.Normal(1, 6, 5, 3, 3).ToTorch().requires_grad_();
        var ranges = Enumerable.Range(1, (int)x.shape[axis]).Select(index => QuantizationRange.FromAmax(0.4f * index)).ToArray();

        var y = FakeQuantizeFunction.Apply(x, null, new FakeQuantizeArguments(QuantizationScheme.SignedNarrow, axis, ranges));
        (y * y).sum().backward();

        for (var channel = 0; channel < ranges.Length; channel++)
        {
            var part = x.detach().narrow(axis, channel, 1).contiguous().requires_grad_();
            var alone = FakeQuantizeFunction.Apply(part, null, Arguments(QuantizationScheme.SignedNarrow, ranges[channel]));
            (alone * alone).sum().backward();
            Assert.Equal(alone.ToFloats(), y.narrow(axis, channel, 1).ToFloats());
            Assert.Equal(part.grad!.ToFloats(), x.grad!.narrow(axis, channel, 1).ToFloats());
        }
    }

    [Fact]
    public void DeviceForm_EqualsCpuKernel()
    {
        using var scope = NewDisposeScope();
        var x = RandomTensors.Normal(3, 2, 4, 40, 40).ToTorch();
        var gradient = RandomTensors.Normal(4, 2, 4, 40, 40).ToTorch();
        var arguments = new FakeQuantizeArguments(
            QuantizationScheme.UnsignedAffine, 1, [new(-1, 2), new(-0.2f, 0.9f), new(0, 1), new(-3, 0.1f)]);

        Assert.Equal(FakeQuantizeKernel.Forward(x, arguments).ToFloats(), DeviceFakeQuantize.Forward(x, arguments).ToFloats());
        Assert.Equal(
            FakeQuantizeKernel.Backward(gradient, x, arguments).ToFloats(), DeviceFakeQuantize.Backward(gradient, x, arguments).ToFloats());
    }

    [Theory]
    [InlineData(QuantizationScheme.SignedSymmetric, -0.8f, 0.8f)]
    [InlineData(QuantizationScheme.UnsignedNonNegative, 0, 0.9f)]
    public void RangeGradient_ClippedOutputsPullTheRange(QuantizationScheme scheme, float low, float high)
    {
        using var scope = NewDisposeScope();
        var arguments = Arguments(scheme, new QuantizationRange(low, high));
        var x = tensor(new float[] { 2, 3, -2 }).requires_grad_();
        var factors = zeros(2).requires_grad_();

        var y = FakeQuantizeFunction.Apply(x, factors, arguments);
        y.backward([tensor(new float[] { 1, 1, -1 })]);

        // Symmetric: all three clipped outputs grow with the range. Non-negative: the negative one stays at 0.
        var expected = (scheme == QuantizationScheme.SignedSymmetric ? 3 : 2) * high / Math.Sqrt(3 * arguments.Parameters[0].QMax);
        Assert.Equal(0, factors.grad!.ToFloats()[0]);
        Assert.Equal(expected, factors.grad!.ToFloats()[1], 1e-6);
    }

    [Fact]
    public void RangeGradient_InsideFollowsRoundingError()
    {
        using var scope = NewDisposeScope();
        var arguments = Arguments(QuantizationScheme.UnsignedAffine, new QuantizationRange(-1, 1.55f));
        var scale = arguments.Parameters[0].Scale;
        var x = tensor(new float[] { 10.3f * scale }).requires_grad_();
        var factors = zeros(2).requires_grad_();

        FakeQuantizeFunction.Apply(x, factors, arguments).sum().backward();

        // dy/dscale = 10 − 10.3, dscale/dhigh = 1/255.
        var bounds = arguments.Bounds[0];
        var normalizer = Math.Sqrt(255);
        Assert.Equal(bounds.High * -0.3 / 255 / normalizer, factors.grad!.ToFloats()[1], 1e-7);
        Assert.Equal(bounds.Low * 0.3 / 255 / normalizer, factors.grad!.ToFloats()[0], 1e-7);
    }

    [Theory]
    [InlineData(QuantizationScheme.SignedSymmetric)]
    [InlineData(QuantizationScheme.UnsignedNonNegative)]
    [InlineData(QuantizationScheme.UnsignedAffine)]
    public void RangeGradient_OfADeadTensor_IsZero(QuantizationScheme scheme)
    {
        using var scope = NewDisposeScope();
        var x = zeros(4).requires_grad_();
        var factors = zeros(2).requires_grad_();

        FakeQuantizeFunction.Apply(x, factors, Arguments(scheme, new QuantizationRange(0, 0))).sum().backward();

        Assert.Equal([0f, 0f], factors.grad!.ToFloats());
    }

    private static FakeQuantizeArguments Arguments(QuantizationScheme scheme, QuantizationRange range) => new(scheme, null, [range]);
}
