using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Quantization.Tests.Analysis;

public sealed class ErrorAccumulatorTests
{
    [Fact]
    public void Figures_AreThoseOfTheirDefinitions()
    {
        var (reference, actual) = (Samples.Uniform(1003, seed: 1), Samples.Uniform(1003, seed: 2));
        var accumulator = new ErrorAccumulator();
        accumulator.Add(reference.AsSpan(0, 501), actual.AsSpan(0, 501));
        accumulator.Add(reference.AsSpan(501), actual.AsSpan(501));

        double Sum(Func<double, double, double> term) => reference.Zip(actual, (a, b) => term(a, b)).Sum();
        var (signal, noise) = (Sum((a, _) => a * a), Sum((a, b) => (b - a) * (b - a)));

        Assert.Equal(1003, accumulator.Count);
        Assert.Equal(10 * Math.Log10(signal / noise), accumulator.SqnrDecibel, 1e-9);
        Assert.Equal(Sum((a, b) => a * b) / Math.Sqrt(signal * Sum((_, b) => b * b)), accumulator.CosineSimilarity, 1e-9);
        Assert.Equal(reference.Zip(actual, (a, b) => Math.Abs((double)a - b)).Max(), accumulator.LargestError);
    }

    [Fact]
    public void EqualTensors_HaveNoNoise()
    {
        var accumulator = new ErrorAccumulator();
        accumulator.Add([1f, -2f], [1f, -2f]);

        Assert.Equal(double.PositiveInfinity, accumulator.SqnrDecibel);
        Assert.Equal(1d, accumulator.CosineSimilarity, 1e-12);
    }

    [Fact]
    public void SilentReference_WithNoise_IsTheWorst()
    {
        var accumulator = new ErrorAccumulator();
        accumulator.Add([0f], [1f]);

        Assert.Equal(double.NegativeInfinity, accumulator.SqnrDecibel);
        Assert.Equal(0d, accumulator.CosineSimilarity);
    }

    [Fact]
    public void CodeAgreement_CountsCodesThatDiffer()
    {
        var parameters = QuantizationParameters.Create(QuantizationScheme.SignedSymmetric, QuantizationRange.FromAmax(127f));
        var agreement = new CodeAgreement();
        agreement.Add([1f, 2f, 3f, 4f], [1.2f, 3f, 7f, 4f], parameters);

        Assert.Equal(
            (4L, 2L, 1L, 4), (agreement.Count, agreement.Different, agreement.DifferentByMoreThanOne, agreement.LargestDifference));
        Assert.Equal(0.5, agreement.DifferentShare);
    }
}
