using System.Globalization;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Foundation;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Profiling;

/// <summary>Progress of a profile.</summary>
/// <param name="Done">Networks measured.</param>
/// <param name="Total">Networks to measure.</param>
/// <param name="Name">The one that is measured now.</param>
public sealed record ProfileProgress(int Done, int Total, string Name);

/// <summary>Measures what the kernels of this machine cost: small networks are timed, and rates fitted to their times.</summary>
/// <param name="timer">Times the networks.</param>
/// <param name="threads">Threads that the timer's engines have; 0 for one per physical core.</param>
public sealed class MachineProfiler(IGraphTimer timer, int threads)
{
    private const double MicrosecondsPerMillisecond = 1e3, NanosecondsPerMillisecond = 1e6;

    /// <summary>A profiler over the runtime's own sessions.</summary>
    /// <param name="threads">Threads of each kernel; 0 for one per physical core, as engines have them by default.</param>
    public static MachineProfiler OfThisMachine(int threads) => new(new OrtGraphTimer(new OrtCpuOptions { Threads = threads }), threads);

    /// <summary>Measures.</summary>
    /// <param name="name">What the profile is to be called.</param>
    /// <param name="progress">Told of every network.</param>
    /// <param name="cancellationToken">Ends the measurement between two networks.</param>
    /// <exception cref="EngineException">The runtime refuses a network.</exception>
    public async Task<MachineProfile> MeasureAsync(string name, IProgress<ProfileProgress> progress, CancellationToken cancellationToken)
    {
        var bits = SaturationCheck.ExactWeightBits();

        // Where 8 bits are exact, 7 cost the same: that is shown on the plain convolutions only.
        (string Form, Graph Graph)[] probes =
        [
            .. ProbeCatalog.Networks.SelectMany(network =>
                ProbeForms.Of(network, withSevenBits: network.Name.StartsWith("conv3x3+relu", StringComparison.Ordinal))),
        ];
        var measured = new List<MeasuredKernels>();
        foreach (var (index, (form, graph)) in probes.Index())
        {
            progress.Report(new ProfileProgress(index, probes.Length, $"{graph.Name}, {form}"));
            var samples = await timer.MeasureAsync([graph], cancellationToken).ConfigureAwait(false);
            var median = LatencyStatistics.MedianOf(samples[0]);
            measured.Add(new MeasuredKernels(KernelsOf(graph), median * NanosecondsPerMillisecond));
        }

        var (fitted, call) = RateFit.Solve(measured, MachineProfiles.Avx2);
        return new MachineProfile
        {
            Name = name,
            Processor = ProcessorFeatures.Name,
            Runtime = $"ONNX Runtime {OrtSessions.Version}",
            Threads = threads == 0 ? Environment.ProcessorCount : threads,
            WeightBits = bits,
            Rates = fitted.ToDictionary(rate => rate.Key, rate => Rounded(rate.Value)),
            Probes = [.. probes.Zip(measured, (probe, kernels) => new ProfileProbe(
                probe.Graph.Name, probe.Form, Rounded(kernels.Nanoseconds), Rounded(Estimate(kernels, fitted) + call)))],
        };
    }

    // Which profile the estimate uses does not matter: only kinds and counts are read.
    private static IReadOnlyList<(CostClass Class, KernelWork Work)> KernelsOf(Graph graph) =>
        [.. TargetRegistry.OrtCpu.Estimate(graph, MachineProfiles.Avx2)!.Nodes.Select(node => (node.Class, node.Work))];

    private static double Estimate(MeasuredKernels network, IReadOnlyDictionary<CostClass, KernelRate> rates) =>
        network.Kernels.Sum(kernel => rates[kernel.Class].NanosecondsOf(kernel.Work));

    private static double Rounded(double nanoseconds) =>
        Math.Round(nanoseconds / NanosecondsPerMillisecond * MicrosecondsPerMillisecond, 1);

    // Five digits are more than a clock gives.
    private static KernelRate Rounded(KernelRate rate)
    {
        static double Digits(double value) => value == 0 ? 0 : double.Parse(
            value.ToString("E4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return new(Digits(rate.Start), Digits(rate.Product), Digits(rate.Input), Digits(rate.Output), Digits(rate.Extra));
    }
}
