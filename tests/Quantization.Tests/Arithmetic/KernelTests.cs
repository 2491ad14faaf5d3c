using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Tests.Arithmetic;

/// <summary>The span kernels against the scalar definition, bit by bit, over lengths that leave every remainder.</summary>
public sealed class KernelTests
{
    public static TheoryData<QuantizationScheme> Schemes => [.. Enum.GetValues<QuantizationScheme>()];

    [Theory]
    [MemberData(nameof(Schemes))]
    public void FakeQuantizer_EqualsTheScalarDefinition(QuantizationScheme scheme)
    {
        var parameters = QuantizationParameters.Create(scheme, new QuantizationRange(-0.7f, 2.3f));
        for (var length = 0; length < 150; length++)
        {
            var values = Samples.WithEdgeCases(length, parameters, seed: length);
            var actual = new float[length];

            FakeQuantizer.Apply(values, actual, parameters);

            for (var i = 0; i < length; i++)
            {
                Assert.Equal(BitConverter.SingleToInt32Bits(parameters.FakeQuantize(values[i])), BitConverter.SingleToInt32Bits(actual[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void CodeQuantizer_EqualsTheScalarDefinition_AndDequantizesToFakeQuantized(QuantizationScheme scheme)
    {
        var parameters = QuantizationParameters.Create(scheme, new QuantizationRange(-0.7f, 2.3f));
        for (var length = 0; length < 300; length += 7)
        {
            var values = Samples.WithEdgeCases(length, parameters, seed: length);
            var restored = new float[length];
            var codes = new int[length];
            if (scheme.IsSigned())
            {
                var signed = new sbyte[length];
                CodeQuantizer.Quantize(values, signed, parameters);
                CodeQuantizer.Dequantize(signed, restored, parameters);
                codes = [.. signed.Select(code => (int)code)];
            }
            else
            {
                var unsigned = new byte[length];
                CodeQuantizer.Quantize(values, unsigned, parameters);
                CodeQuantizer.Dequantize(unsigned, restored, parameters);
                codes = [.. unsigned.Select(code => (int)code)];
            }

            Assert.Equal(values.Select(parameters.Quantize), codes);
            Assert.All(values.Zip(restored).Where(pair => !float.IsNaN(pair.First)),
                pair => Assert.Equal(parameters.FakeQuantize(pair.First), pair.Second));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public void PerChannel_UsesEachChannelsOwnRange(int inner)
    {
        const int Outer = 3;
        var channels = new[] { 0.5f, 1f, 4f, 0f }
            .Select(amax => QuantizationParameters.Create(QuantizationScheme.SignedNarrow, QuantizationRange.FromAmax(amax))).ToArray();
        var values = Samples.Uniform(Outer * channels.Length * inner, seed: 3);
        var actual = new float[values.Length];
        var codes = new sbyte[values.Length];

        FakeQuantizer.Apply(values, actual, channels, inner);
        CodeQuantizer.Quantize(values, codes, channels, inner);

        for (var i = 0; i < values.Length; i++)
        {
            var parameters = channels[i / inner % channels.Length];
            Assert.Equal(parameters.FakeQuantize(values[i]), actual[i]);
            Assert.Equal(parameters.Quantize(values[i]), codes[i]);
        }
    }

    [Fact]
    public void Kernels_RejectShapesThatDoNotFit()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedAffine, QuantizationRange.FromAmax(1f));

        Assert.Throws<ArgumentException>(() => FakeQuantizer.Apply(new float[4], new float[3], parameters));
        Assert.Throws<ArgumentException>(() => FakeQuantizer.Apply(new float[5], new float[5], [parameters, parameters], 1));
        Assert.Throws<ArgumentException>(() => CodeQuantizer.Quantize(new float[4], new sbyte[4], parameters));
    }
}
