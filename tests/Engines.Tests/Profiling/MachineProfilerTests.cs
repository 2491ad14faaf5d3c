using QatPipeline.Engines.Profiling;
using QatPipeline.Foundation;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Tests.Profiling;

public sealed class MachineProfilerTests
{
    /// <summary>A machine on which every kernel costs three times as much, and integer convolutions twelve times as little.</summary>
    private static readonly MachineProfile Other = MachineProfiles.Avx2 with
    {
        Rates = MachineProfiles.Avx2.Rates.ToDictionary(
            rate => rate.Key,
            rate => rate.Key is CostClass.IntegerConvolution or CostClass.IntegerPointwise ? Scaled(rate.Value, 0.25) : Scaled(rate.Value, 3)),
    };

    [Fact]
    public async Task MeasureAsync_TimesOfAKnownMachine_GiveEstimatesOfThatMachine()
    {
        var timer = new SyntheticTimer(Other);

        var profile = await new MachineProfiler(timer, threads: 2)
            .MeasureAsync("other", new Progress<ProfileProgress>(), TestContext.Current.CancellationToken);

        Assert.Equal(("other", 2), (profile.Name, profile.Threads));
        Assert.Equal(timer.Measured, profile.Probes.Count);
        Assert.All(profile.Probes, probe => Assert.InRange(probe.Estimate / probe.Microseconds, 0.9, 1.1));
        var convolution = new KernelWork(64 * 64 * 9 * 1600, 64 * 1600, 64 * 1600, 9 * 1600);
        Assert.InRange(
            profile.NanosecondsOf(CostClass.IntegerConvolution, convolution) / Other.NanosecondsOf(CostClass.IntegerConvolution, convolution),
            0.9,
            1.1);
    }

    [Fact]
    public async Task MeasureAsync_Twice_GivesTheSameFile()
    {
        var profiler = new MachineProfiler(new SyntheticTimer(Other), threads: 1);

        var first = await profiler.MeasureAsync("a", new Progress<ProfileProgress>(), TestContext.Current.CancellationToken);
        var second = await profiler.MeasureAsync("a", new Progress<ProfileProgress>(), TestContext.Current.CancellationToken);

        Assert.Equal(first.Write(), second.Write());
    }

    [Fact]
    public void Catalog_HoldsEveryKindOfKernel()
    {
        var kinds = ProbeCatalog.Networks.SelectMany(network => ProbeForms.Of(network, withSevenBits: true))
            .SelectMany(probe => TargetRegistry.OrtCpu.Estimate(probe.Graph, MachineProfiles.Avx2)!.Nodes)
            .Select(node => node.Class).Distinct();

        Assert.Equal(Enum.GetValues<CostClass>(), kinds.Order());
    }

    [Fact]
    public void ProbeForms_Int8_HasEveryConvolutionOnIntegers_AndMixedHalfOfThem()
    {
        var network = ProbeCatalog.Networks[0];
        var forms = ProbeForms.Of(network, withSevenBits: true).ToDictionary(form => form.Form, form => form.Graph);

        int IntegerConvolutions(string form) => TargetRegistry.OrtCpu.Lint(forms[form]).Kernels
            .Count(kernel => kernel is { OpType: "Conv", Kernel: KernelKind.Integer });

        Assert.Equal([6, 6, 3], new[] { ProbeForms.Int8, ProbeForms.SevenBit, ProbeForms.Mixed }.Select(IntegerConvolutions));
        Assert.DoesNotContain(forms[ProbeForms.Float].Nodes, node => node.Is("QuantizeLinear"));
    }

    [Fact]
    public void ExactWeightBits_IsWhatTheProcessorsInstructionsPromise() =>
        Assert.Equal(ProcessorFeatures.HasDotProducts ? 8 : 7, SaturationCheck.ExactWeightBits());

    [Fact]
    [Trait("Category", "Slow")]
    public async Task MeasureAsync_ThisMachine_GivesASoundProfile()
    {
        var profile = await MachineProfiler.OfThisMachine(threads: 1)
            .MeasureAsync("here", new Progress<ProfileProgress>(), TestContext.Current.CancellationToken);

        Assert.Equal(profile.Digest, MachineProfile.Read(profile.Write(), "it").Digest);
        Assert.All(profile.Probes, probe => Assert.True(probe.Microseconds > 0, $"{probe}"));
    }

    private static KernelRate Scaled(KernelRate rate, double factor) =>
        new(rate.Start * factor, rate.Product * factor, rate.Input * factor, rate.Output * factor, rate.Extra * factor);

    /// <summary>Times that a machine with exactly these rates would give.</summary>
    private sealed class SyntheticTimer(MachineProfile machine) : IGraphTimer
    {
        public int Measured { get; private set; }

        public Task<IReadOnlyList<IReadOnlyList<double>>> MeasureAsync(IReadOnlyList<Graph> graphs, CancellationToken cancellationToken)
        {
            Measured += graphs.Count;
            return Task.FromResult<IReadOnlyList<IReadOnlyList<double>>>(
                [.. graphs.Select(graph => new[] { TargetRegistry.OrtCpu.Estimate(graph, machine)!.Milliseconds })]);
        }
    }
}
