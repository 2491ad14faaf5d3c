using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;

namespace QatPipeline.Stages.Evaluation;

/// <summary>Runs a detector over images: the one code path behind every AP of a run.</summary>
public sealed class DetectionRun(IImageSource source, RunSpecification specification, DatasetIndex index, RunDetector model)
{
    /// <summary>How images are loaded and letterboxed, as the specification names it.</summary>
    public EvaluationProtocol Protocol { get; } = model.ProtocolOf(specification);

    /// <summary>The pictures as the detector takes them.</summary>
    public IImageSource Images { get; } =
        model.Description.Input.IsAsLoaded ? source : new PreparedImageSource(source, model.Description.Input);

    /// <summary>What the detector takes and gives.</summary>
    public RunDetector Model => model;

    /// <summary>The run's specification.</summary>
    public RunSpecification Specification => specification;

    /// <summary>Images in a forward pass: the specification's, unless an engine takes another number.</summary>
    public int Batch { get; init; } = model.Description.TakesOne ? 1 : specification.Evaluation.Batch;

    /// <summary>Detections of every image, in the order of the images, each image's in descending order of score.</summary>
    /// <exception cref="QatPipeline.Detectors.DetectorException">The model's classes are not the data set's.</exception>
    public async Task<IReadOnlyList<Detection>> DetectAsync(
        IDetector detector,
        DatasetSplit split,
        IReadOnlyList<IndexedImage> images,
        string activity,
        IProgress<StageProgress>? progress,
        CancellationToken cancellationToken)
    {
        var decoder = new DetectionDecoder(
            new DetectionOptions
            {
                Confidence = specification.Evaluation.Confidence,
                Iou = specification.Evaluation.Iou,
                MaximumDetections = specification.Evaluation.MaxDetections,
            },
            [.. index.Categories.Select(category => category.Id)],
            model.Description);
        var detections = new List<Detection>();
        var done = 0;
        var batches = Images.ReadAsync(specification, split, images, Protocol, Batch, cancellationToken);
        await foreach (var batch in batches)
        {
            using (batch)
            {
                detections.AddRange(decoder.Decode(detector.Run(batch), batch));
                done += batch.Count;
                progress?.Report(new StageProgress(activity, done, images.Count));
            }
        }

        return detections;
    }
}
