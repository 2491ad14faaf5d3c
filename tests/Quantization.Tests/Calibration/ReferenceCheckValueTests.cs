using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Quantization.Tests.Calibration;

/// <summary>The check values of the reference specification, section 11; it allows one bin of difference.</summary>
public sealed class ReferenceCheckValueTests
{
    private static readonly ActivationStatistics Both = Collect(ReferenceBatches.A, ReferenceBatches.B);

    private static readonly ActivationStatistics HalfZero =
        Collect([.. ReferenceBatches.A.Select((value, index) => index % 2 == 0 ? 0f : value)]);

    [Fact]
    public void Data_AreTheReferences()
    {
        Assert.Equal([0.85988873f, 0.6745071f, 0.43331012f], ReferenceBatches.A[..3]);
        Assert.Equal(0.31643108f, ReferenceBatches.B[0]);
        Assert.Equal(9.788469f, Collect(ReferenceBatches.A).Compute(CalibrationMethod.Max).Amax);
        Assert.Equal(13.125252f, Both.Compute(CalibrationMethod.Max).Amax);
    }

    [Fact]
    public void Bins_ExtendAtTheFirstBatchsWidth()
    {
        Assert.Equal(2747, Both.Histogram.Counts.Length);
        Assert.Equal(0.0047795132, Both.Histogram.Width, 1e-9);
        Assert.Equal(2.578e-05f, Both.Histogram.Edge(0), 1e-8f);
        Assert.Equal(13.1295605f, Both.Histogram.Edge(2747), (float)Both.Histogram.Width);
    }

    [Fact]
    public void Entropy_IsTheReferences() => AssertChoice(Both.Compute(CalibrationMethod.Entropy), 2096, 10.0179005f, 0.01234643);

    [Fact]
    public void Mse_IsTheReferences() => AssertChoice(Both.Compute(CalibrationMethod.Mse), 2377, 11.363419f);

    [Theory]
    [InlineData(99, 1065, 5.0902076f)]
    [InlineData(99.9, 1590, 7.5994520f)]
    [InlineData(99.99, 2088, 9.9796619f)]
    public void Percentile_IsTheReferences(double percentile, int bin, float amax)
    {
        var statistics = new ActivationStatistics("x", new CalibrationOptions { Percentile = percentile });
        statistics.Collect(ReferenceBatches.A);
        statistics.Collect(ReferenceBatches.B);

        AssertChoice(statistics.Compute(CalibrationMethod.Percentile), bin, amax);
    }

    [Fact]
    public void HalfZero_HasTheReferencesCountsAndChoices()
    {
        Assert.Equal([10042, 42, 44], HalfZero.Histogram.Counts[..3].ToArray());
        AssertChoice(HalfZero.Compute(CalibrationMethod.Entropy), 1606, 7.6759186f);
        Assert.Equal(8.693958f, HalfZero.Compute(CalibrationMethod.Percentile).Amax, 0.0048f);
        Assert.Equal(9.136065f, HalfZero.Compute(CalibrationMethod.Mse).Amax, 0.0048f);
    }

    private static void AssertChoice(CalibrationResult result, int bin, float amax, double? objective = null)
    {
        Assert.InRange(result.Bin!.Value, bin - 1, bin + 1);
        Assert.Equal(amax, result.Amax, 0.0048f);
        if (objective is { } expected)
        {
            Assert.Equal(expected, result.Objective!.Value, 2e-5);
        }
    }

    private static ActivationStatistics Collect(params float[][] batches)
    {
        var statistics = new ActivationStatistics("x");
        foreach (var batch in batches)
        {
            statistics.Collect(batch);
        }

        return statistics;
    }
}
