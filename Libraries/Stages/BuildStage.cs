using QatPipeline.Engines;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Stages.Building;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages;

/// <summary>
/// Builds the engines of every target of the run and times them on this machine; where it has no TensorRT, delivers what another one needs.
/// </summary>
public sealed class BuildStage : IStage
{
    /// <inheritdoc/>
    public string Name => StageNames.Build;

    /// <inheritdoc/>
    public int Version => 5;

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(RunSpecification specification) =>
    [
        ArtifactNames.FloatForm,
        .. specification.Targets.Select(ArtifactNames.ExplicitForm),
        .. IsForTensorRt(specification)
            ? [ArtifactNames.DatasetIndex, ArtifactNames.ValidationAnnotations]
            : Array.Empty<string>(),
    ];

    // Retargeted ranges cannot always be written as a cache.
    /// <inheritdoc/>
    public IEnumerable<string> FurtherInputs(IEnumerable<string> known) =>
        known.Intersect([ArtifactNames.TensorRtImplicitForm, ArtifactNames.CalibrationCache]);

    // An engine is made for one processor, or one version of TensorRT and one GPU: another one is another key.
    /// <inheritdoc/>
    public object Configuration(RunSpecification specification) => new
    {
        specification.Targets,
        specification.Model.InputSize,
        specification.Build,
        Evaluation = IsForTensorRt(specification)
            ? new
            {
                specification.Evaluation.Protocol,
                specification.Evaluation.LoadSize,
                specification.Evaluation.Confidence,
                specification.Evaluation.Iou,
                specification.Evaluation.MaxDetections,
            }
            : null,
        Processor = ProcessorIdentity.Name,
        TensorRt = IsForTensorRt(specification) ? TensorRtMachine.Identify(TensorRtBuilding.OptionsOf(specification.Build)) : null,
    };

    /// <inheritdoc/>
    public async Task ExecuteAsync(IStageContext context, CancellationToken cancellationToken)
    {
        var build = context.Specification.Build;
        var timing = new TimingOptions
        {
            WarmUp = TimeSpan.FromMilliseconds(build.WarmUpMilliseconds),
            Duration = TimeSpan.FromMilliseconds(build.DurationMilliseconds),
        };
        var timings = new Dictionary<string, IReadOnlyList<EngineTiming>>();
        foreach (var target in context.Specification.Targets)
        {
            foreach (var (variant, measured) in target == TargetNames.OrtCpu
                ? await OrtCpuBuilding.BuildAsync(context, timing, cancellationToken)
                : await TensorRtBuilding.BuildAsync(context, timing, cancellationToken))
            {
                timings.Add(variant, measured);
            }
        }

        context.Measure(BuildTimings.Measurement, timings);
    }

    private static bool IsForTensorRt(RunSpecification specification) => specification.Targets.Contains(TargetNames.TensorRt);
}
