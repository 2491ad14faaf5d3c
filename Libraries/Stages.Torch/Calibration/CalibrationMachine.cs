using QatPipeline.Foundation;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Costs;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Stages.Building;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>What calibration takes from the profile of the machine that will run the engine.</summary>
internal static class CalibrationMachine
{
    private const int ReducedBits = 7;

    /// <summary>The profile's digest, for the stage's key; null where the target's choices depend on no profile.</summary>
    public static string? KeyOf(RunSpecification specification) =>
        specification.Target == TargetNames.OrtCpu ? RunMachine.Of(specification.Build).Digest : null;

    /// <summary>Where engines are timed to place quantizers, for the stage's key; null where placement follows estimates.</summary>
    public static object? TimedOn(RunSpecification specification) =>
        specification is { Target: TargetNames.OrtCpu, Partial: { Enabled: true, Placement: "measured" } }
            ? new { Processor = ProcessorFeatures.Name, Environment.ProcessorCount, specification.Build.Threads }
            : null;

    /// <summary>The codes of weights: those asked for, else those with which the machine's kernels are exact.</summary>
    public static QuantizationScheme WeightSchemeOf(RunSpecification specification, MachineProfile machine) =>
        specification.Calibration.WeightBits switch
        {
            0 when specification.Target != TargetNames.OrtCpu => TargetRegistry.Get(specification.Target).WeightScheme,
            0 => machine.WeightBits == ReducedBits ? QuantizationScheme.SignedReduced : QuantizationScheme.SignedNarrow,
            ReducedBits => QuantizationScheme.SignedReduced,
            _ => QuantizationScheme.SignedNarrow,
        };
}
