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
    public void CodeQuantizer_EqualsTheScalarDefinition_AndItsCodesAreTheFakeQuantizedValues(QuantizationScheme scheme)
    {
        var parameters = QuantizationParameters.Create(scheme, new QuantizationRange(-0.7f, 2.3f));
        for (var length = 0; length < 300; length += 7)
        {
            var values = Samples.WithEdgeCases(length, parameters, seed: length);
            var codes = new int[length];
            if (scheme.IsSigned())
            {
                var signed = new sbyte[length];
                CodeQuantizer.Quantize(values, signed, parameters);
                codes = [.. signed.Select(code => (int)code)];
            }
            else
            {
                var unsigned = new byte[length];
                CodeQuantizer.Quantize(values, unsigned, parameters);
                codes = [.. unsigned.Select(code => (int)code)];
            }

            Assert.Equal(values.Select(parameters.Quantize), codes);
            Assert.All(values.Zip(codes).Where(pair => !float.IsNaN(pair.First)),
                pair => Assert.Equal(parameters.FakeQuantize(pair.First), parameters.Dequantize(pair.Second)));
        }
    }

    [Fact]
    public void Kernels_RejectShapesThatDoNotFit()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.UnsignedAffine, QuantizationRange.FromAmax(1f));

        Assert.Throws<ArgumentException>(() => FakeQuantizer.Apply(new float[4], new float[3], parameters));
        Assert.Throws<ArgumentException>(() => CodeQuantizer.Quantize(new float[4], new sbyte[4], parameters));
    }
}
