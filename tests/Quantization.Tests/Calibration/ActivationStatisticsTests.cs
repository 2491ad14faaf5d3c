using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

public sealed class ActivationStatisticsTests
{
    [Fact]
    public void AverageMax_IsTheMeanOfEveryImagesExtremes()
    {
        var statistics = new ActivationStatistics("x");
        statistics.Collect([-1f, 2f, -3f, 10f], images: 2);
        statistics.Collect([-2f, 3f]);

        Assert.Equal(new QuantizationRange(-2f, 5f), statistics.RangeFor(CalibrationMethod.AverageMax, QuantizationScheme.UnsignedAffine));
        Assert.Equal(QuantizationRange.FromAmax(5f), statistics.RangeFor(CalibrationMethod.AverageMax, QuantizationScheme.SignedSymmetric));
    }

    [Fact]
    public void RangeFor_FollowsTheScheme()
    {
        var statistics = new ActivationStatistics("x");
        statistics.Collect([-0.375f, 0f, 6f]);

        Assert.Equal(QuantizationRange.FromAmax(6f), statistics.RangeFor(CalibrationMethod.Max, QuantizationScheme.SignedNarrow));
        Assert.Equal(new QuantizationRange(0f, 6f), statistics.RangeFor(CalibrationMethod.Max, QuantizationScheme.UnsignedNonNegative));
        Assert.Equal(new QuantizationRange(-0.375f, 6f), statistics.RangeFor(CalibrationMethod.Max, QuantizationScheme.UnsignedAffine));
    }

    [Fact]
    public void AffineRange_IsCutByTheMethodsBoundAtBothEnds()
    {
        var statistics = new ActivationStatistics("x", new CalibrationOptions { Percentile = 90 });
        statistics.Collect([.. ReferenceBatches.A.Select((value, index) => index % 2 == 0 ? value : -value)]);
        var amax = statistics.Compute(CalibrationMethod.Percentile).Amax;

        Assert.True(amax < statistics.Maximum);
        Assert.Equal(
            QuantizationRange.FromAmax(amax), statistics.RangeFor(CalibrationMethod.Percentile, QuantizationScheme.UnsignedAffine));
    }

    [Theory]
    [InlineData(QuantizationScheme.UnsignedNonNegative, 255)]
    [InlineData(QuantizationScheme.SignedSymmetric, 127)]
    public void SearchedRange_IsTheBestForTheCodesOfItsScheme(QuantizationScheme scheme, int lastCode)
    {
        var statistics = new ActivationStatistics("x", new CalibrationOptions { Bins = 1024 });
        statistics.Collect(ReferenceBatches.A);
        var (histogram, bins) = (statistics.Histogram, statistics.Histogram.Counts.Length);

        var mse = statistics.RangeFor(CalibrationMethod.Mse, scheme).High;
        var entropy = statistics.RangeFor(CalibrationMethod.Entropy, scheme).High;

        var errors = Enumerable.Range(128, bins - 128).Select(i => PlainSearches.MeanSquaredError(histogram, i, lastCode)).ToArray();
        Assert.Equal((float)histogram.Centre(128 + Array.IndexOf(errors, errors.Min())), mse);
        var divergences = PlainSearches.Divergences(histogram.Counts.ToArray(), lastCode + 1);
        var least = divergences[(lastCode + 1)..].Min();
        Assert.Equal(histogram.Edge(Array.FindLastIndex(divergences, value => value <= least + 1e-12)), entropy);
    }

    [Fact]
    public void SearchedRange_OfAnAffineScheme_SharesTheCodesBetweenBothSigns()
    {
        // A quarter as far below zero as above: of 255 codes 204 are left for the positive side.
        var statistics = new ActivationStatistics("x");
        statistics.Collect([.. ReferenceBatches.A, -ReferenceBatches.A.Max() / 4]);
        var histogram = statistics.Histogram;

        var amax = statistics.RangeFor(CalibrationMethod.Mse, QuantizationScheme.UnsignedAffine).High;

        var errors = Enumerable.Range(128, histogram.Counts.Length - 128).Select(i =>
        {
            var bound = histogram.Centre(i);
            return PlainSearches.MeanSquaredError(
                histogram, i, (int)Math.Round(255 * bound / (bound + Math.Min(bound, -statistics.Minimum))));
        }).ToArray();
        Assert.Equal((float)histogram.Centre(128 + Array.IndexOf(errors, errors.Min())), amax);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void NonFiniteValue_NamesTheTensorAndLeavesTheStatisticsAlone(float value)
    {
        foreach (var position in new[] { 0, 31, 40 })
        {
            var batch = Samples.Uniform(41, seed: 1);
            batch[position] = value;
            var statistics = new ActivationStatistics("backbone.stem");

            var exception = Assert.Throws<CalibrationException>(() => statistics.Collect(batch));

            Assert.Contains("'backbone.stem'", exception.Message, StringComparison.Ordinal);
            Assert.Equal(0, statistics.Count);
            Assert.False(statistics.Histogram.IsFixed);
        }
    }

    [Fact]
    public void NothingCollected_SaysThatTheLayerNeverRan() =>
        Assert.Contains("'unused'", Assert.Throws<CalibrationException>(
            () => new ActivationStatistics("unused").Compute(CalibrationMethod.Max)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Methods))]
    public void ConstantTensor_HasItsValueAsBound(CalibrationMethod method)
    {
        var statistics = new ActivationStatistics("x");
        statistics.Collect([-0.5f, -0.5f]);

        Assert.Equal(0.5f, statistics.Compute(method).Amax);
    }

    [Fact]
    public void SavedState_ContinuesBitIdentically()
    {
        var unbroken = new ActivationStatistics("x");
        unbroken.Collect(ReferenceBatches.A, images: 4);
        var resumed = Load(Save(unbroken));
        unbroken.Collect(ReferenceBatches.B, images: 8);
        resumed.Collect(ReferenceBatches.B, images: 8);

        Assert.Equal(Save(unbroken), Save(resumed));
        Assert.Equal(
            CalibrationMethods.All.Select(method => unbroken.Compute(method)),
            CalibrationMethods.All.Select(method => resumed.Compute(method)));
    }

    [Fact]
    public void MergedForks_HaveTheStateOfSequentialCollection()
    {
        var sequential = new ActivationStatistics("x");
        sequential.Collect(ReferenceBatches.A);
        var merged = Load(Save(sequential));
        var fork = merged.Fork();
        sequential.Collect(ReferenceBatches.B);
        fork.Collect(ReferenceBatches.B);
        merged.Merge(fork);

        Assert.Equal(Save(sequential), Save(merged));
    }

    [Fact]
    public void UnknownState_IsRefused() => Assert.Throws<CalibrationException>(() => Load([99]));

    [Theory]
    [MemberData(nameof(Methods))]
    public void MethodNames_RoundTrip(CalibrationMethod method) => Assert.Equal(method, CalibrationMethods.Parse(method.Name()));

    [Fact]
    public void UnknownMethodName_ListsTheMethods() =>
        Assert.Contains("entropy", Assert.Throws<FormatException>(() => CalibrationMethods.Parse("kl")).Message, StringComparison.Ordinal);

    public static TheoryData<CalibrationMethod> Methods => [.. CalibrationMethods.All];

    private static byte[] Save(ActivationStatistics statistics)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        statistics.Save(writer);
        return stream.ToArray();
    }

    private static ActivationStatistics Load(byte[] state) => ActivationStatistics.Load(new BinaryReader(new MemoryStream(state)));
}
