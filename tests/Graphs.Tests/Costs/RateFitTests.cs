using QatPipeline.Graphs.Costs;

namespace QatPipeline.Graphs.Tests.Costs;

public sealed class RateFitTests
{
    private static readonly KernelRate Truth = new(Start: 3000, Product: 0.004, Input: 0.1, Output: 0.3);
    private static readonly KernelRate Conversion = new(Start: 5000, Output: 0.7);

    [Fact]
    public void Solve_ExactTimes_FindsTheTimesOfNetworksItHasNotSeen()
    {
        MeasuredKernels[] measured = [.. Works().Select(work => Network(work, layers: 6, conversions: 2))];

        var (rates, _) = RateFit.Solve(measured, MachineProfiles.Avx2);

        var unseen = new KernelWork(30e6, 80e3, 50e3);
        Assert.InRange(rates[CostClass.IntegerPointwise].NanosecondsOf(unseen) / Truth.NanosecondsOf(unseen), 0.95, 1.05);
        var tensor = new KernelWork(0, 0, 60e3);
        Assert.InRange(rates[CostClass.Quantize].NanosecondsOf(tensor) / Conversion.NanosecondsOf(tensor), 0.8, 1.2);
    }

    [Fact]
    public void Solve_ADisturbedMeasurement_MovesLittle()
    {
        MeasuredKernels[] measured = [.. Works().Select(work => Network(work, layers: 6, conversions: 2))];
        measured[5] = measured[5] with { Nanoseconds = 9 * measured[5].Nanoseconds };
        measured[17] = measured[17] with { Nanoseconds = 5 * measured[17].Nanoseconds };

        var (rates, _) = RateFit.Solve(measured, MachineProfiles.Avx2);

        var unseen = new KernelWork(30e6, 80e3, 50e3);
        Assert.InRange(rates[CostClass.IntegerPointwise].NanosecondsOf(unseen) / Truth.NanosecondsOf(unseen), 0.9, 1.1);
    }

    [Fact]
    public void Solve_NothingMeasuredOfAKind_KeepsWhatIsKnownOfIt()
    {
        var (rates, _) = RateFit.Solve([Network(new KernelWork(1e6, 1e4, 1e4), 4, 1)], MachineProfiles.Avx2);

        Assert.Equal(MachineProfiles.Avx2.Rates[CostClass.IntegerResize], rates[CostClass.IntegerResize]);
    }

    [Fact]
    public void Solve_TimesThatASumCannotGive_HaveNoRateBelowZero()
    {
        // Less work takes longer: a plain fit would make products pay back time.
        MeasuredKernels[] measured =
        [
            new([(CostClass.FloatConvolution, new KernelWork(1e7, 1e4, 1e4))], 1e5),
            new([(CostClass.FloatConvolution, new KernelWork(1e5, 1e4, 1e4))], 9e5),
        ];

        var (rates, call) = RateFit.Solve(measured, MachineProfiles.Avx2);

        Assert.All(rates.Values, rate => Assert.True(rate.IsSound, $"{rate}"));
        Assert.True(call >= 0, $"{call}");
    }

    [Fact]
    public void Solve_Twice_GivesTheSameBits()
    {
        MeasuredKernels[] measured = [.. Works().Select(work => Network(work, layers: 3, conversions: 1))];

        Assert.Equal(RateFit.Solve(measured, MachineProfiles.Avx2).Rates, RateFit.Solve(measured, MachineProfiles.Avx2).Rates);
    }

    private static IEnumerable<KernelWork> Works() =>
        from channels in new[] { 8, 32, 128, 256 }
        from size in new[] { 10, 20, 80 }
        from outputs in new[] { 8, channels }
        select new KernelWork((double)channels * outputs * size * size, (double)channels * size * size, (double)outputs * size * size);

    private static MeasuredKernels Network(KernelWork work, int layers, int conversions)
    {
        var tensor = new KernelWork(0, 0, work.Inputs);
        return new MeasuredKernels(
            [
                .. Enumerable.Repeat((CostClass.IntegerPointwise, work), layers),
                .. Enumerable.Repeat((CostClass.Quantize, tensor), conversions),
            ],
            (layers * Truth.NanosecondsOf(work)) + (conversions * Conversion.NanosecondsOf(tensor)));
    }
}
