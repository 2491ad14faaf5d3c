using QatPipeline.Graphs;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>
/// The ranges of a checkpoint that was calibrated or trained quantized: with them a run starts at training or at export.
/// </summary>
/// <param name="Graph">The network with those ranges; null where they are set aside.</param>
internal sealed record CheckpointRanges(Graph? Graph)
{
    /// <summary>The method's name in specifications and reports.</summary>
    public const string Method = "checkpoint";

    /// <summary>The specification without what would change the ranges, or choose among them.</summary>
    public static RunSpecification Settled(RunSpecification specification) => specification with
    {
        Calibration = specification.Calibration with { Method = Method, Methods = [Method], BiasCorrection = false },
        Partial = specification.Partial with { Enabled = false },
    };

    /// <summary>Null where the run's network does not come from such a checkpoint.</summary>
    /// <param name="context">The stage.</param>
    /// <param name="model">The float network with the checkpoint's weights.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CheckpointException">Ranges are asked for and not there, or not those of the network.</exception>
    public static async Task<CheckpointRanges?> ReadAsync(IStageContext context, Graph model, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        if (specification is not { Train: null, Model.Yolov6.Checkpoint: { } name })
        {
            return null;
        }

        var state = CheckpointFile.TryRead(await context.OpenInputAsync(ArtifactNames.ModelSource, cancellationToken));
        if (state is null || !QuantizedCheckpoint.HasRanges(state))
        {
            return specification.Calibration.Method == Method
                ? throw new CheckpointException(
                    $"{name} holds no ranges, which calibration.method '{Method}' asks for: name another method to calibrate it.")
                : null;
        }

        return new CheckpointRanges(
            specification.Calibration.Method is "best" or Method ? Place(specification, model, state, name) : null);
    }

    // Such a file describes the placement of TensorRT; other targets take its ranges over.
    private static Graph Place(RunSpecification specification, Graph model, StateDict state, string name)
    {
        var placed = model.Clone();
        TargetRegistry.TensorRt.Place(placed);
        var graph = QuantizedCheckpoint.Load(placed, state, name);
        if (StrictCalibration.IsOn(specification))
        {
            ScaleUnification.Dissolve(graph);
            TargetRegistry.Settle(graph);
            return graph;
        }

        ScaleUnification.UnifyRanges(graph);
        TargetRegistry.Settle(graph);
        var target = TargetRegistry.Get(specification.Target);
        return target == TargetRegistry.TensorRt ? graph : Retargeting.To(graph, target);
    }
}
