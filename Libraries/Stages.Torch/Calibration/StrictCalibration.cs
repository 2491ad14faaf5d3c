using QatPipeline.Coco.Augmentation;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Quantization.Calibration;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.PostTraining;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Stages.Torch.Calibration;

/// <summary>The switches of the YOLOv6 tutorial's calibration (reference 5, 12), for the profile <c>strict</c>.</summary>
internal static class StrictCalibration
{
    public static bool IsOn(RunSpecification specification) => QatTraining.IsStrict(specification);

    /// <summary>The artifacts it reads besides those of every calibration.</summary>
    public static IReadOnlyList<string> Inputs(RunSpecification specification) =>
        IsOn(specification) ? [ArtifactNames.TrainingAnnotations] : [];

    /// <summary>
    /// The specification without what the tutorial does not do: choices by AP, corrected biases, float layers found by a search. Where no
    /// method is named, it is that of the network's configuration (reference 2.1).
    /// </summary>
    public static RunSpecification Effective(RunSpecification specification)
    {
        if (!IsOn(specification))
        {
            return specification;
        }

        var own = specification.Model.Yolov6!.Variant == "s" ? CalibrationMethod.Entropy : CalibrationMethod.Max;
        var calibration = specification.Calibration with { BiasCorrection = false };
        return specification with
        {
            Calibration = calibration.Method == "best" ? calibration with { Method = own.Name(), Methods = [own.Name()] } : calibration,
            Partial = specification.Partial with { Enabled = false },
        };
    }

    /// <summary>Collects on augmented training images, one batch more than asked for.</summary>
    public static async Task CollectAsync(
        IStageContext context, GraphEvaluation evaluation, Calibrator calibrator, CancellationToken cancellationToken)
    {
        var specification = context.Specification;
        var loader = new TrainingLoaderOptions
        {
            Size = evaluation.Run.Protocol.InputSize,
            BatchSize = specification.Calibration.Batch,
            Seed = (ulong)specification.Seed,
            Augmentation = QatTraining.AugmentationOf(specification),
        };
        var labelled = await LabelledImages.ReadAsync(context, evaluation.Index, cancellationToken);
        await using var batches = new AugmentedBatches(labelled, loader, epochs: 1);
        var asked = specification.Calibration.Images > 0
            ? (specification.Calibration.Images + specification.Calibration.Batch - 1) / specification.Calibration.Batch
            : batches.StepsPerEpoch;
        var count = Math.Min(asked + 1, batches.StepsPerEpoch);
        for (var step = 0; step < count; step++)
        {
            calibrator.Collect((await batches.ReadAsync(0, step, cancellationToken)).Images);
            context.Progress.Report(new StageProgress("collecting ranges on augmented images", step + 1, count));
        }
    }

    /// <summary>The graph with a method's ranges, each tensor's its own, as a file in half precision would give it.</summary>
    public static Graph Calibrate(Calibrator calibrator, CalibrationMethod method, RunSpecification specification)
    {
        if (!IsOn(specification))
        {
            return calibrator.Calibrate(method);
        }

        var graph = calibrator.Calibrate(method, unifiesScales: false);
        ScaleUnification.Dissolve(graph);
        return HalfPrecision.Round(graph);
    }

    /// <summary>
    /// The graph as it is exported: where every tensor had a range of its own, with those shared that have to be. It is another network than
    /// the one that was trained, so every figure is this one's.
    /// </summary>
    public static Graph AsExported(Graph graph, RunSpecification specification)
    {
        if (!IsOn(specification))
        {
            return graph;
        }

        var exported = graph.Clone();
        ScaleUnification.Restore(exported);
        return exported;
    }
}
