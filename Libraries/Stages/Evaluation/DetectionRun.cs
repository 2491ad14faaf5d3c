using QatPipeline.Coco;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Images;
using QatPipeline.Coco.PostProcessing;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Execution;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Evaluation;

/// <summary>Runs a detector over images: the one code path behind every AP of a run.</summary>
public sealed class DetectionRun(IImageSource source, RunSpecification specification, DatasetIndex index, int inputSize)
{
    /// <summary>How images are loaded and letterboxed, as the specification names it.</summary>
    public EvaluationProtocol Protocol { get; } =
        EvaluationProtocol.Named(specification.Evaluation.Protocol, inputSize, specification.Evaluation.LoadSize);

    /// <summary>Detections of every image, in the order of the images, each image's in descending order of score.</summary>
    /// <exception cref="CocoException">The model's classes are not the data set's.</exception>
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
            [.. index.Categories.Select(category => category.Id)]);
        var detections = new List<Detection>();
        var done = 0;
        var batches = source.ReadAsync(specification, split, images, Protocol, specification.Evaluation.Batch, cancellationToken);
        await foreach (var batch in batches.ConfigureAwait(false))
        {
            using (batch)
            {
                var output = detector.Run(batch);
                RequireClasses(output.RowLength);
                var perImage = output.Values.Length / batch.Count;
                var found = new IReadOnlyList<Detection>[batch.Count];
                Parallel.For(0, batch.Count, image => found[image] =
                    decoder.Decode(output.Values.Span.Slice(image * perImage, perImage), batch.Images[image].Id, batch.Transforms[image]));
                detections.AddRange(found.SelectMany(list => list));
                done += batch.Count;
                progress?.Report(new StageProgress(activity, done, images.Count));
            }
        }

        return detections;
    }

    private void RequireClasses(int rowLength)
    {
        if (rowLength != 5 + index.Categories.Count)
        {
            throw new CocoException(
                $"the model's output has rows of {rowLength} values, 5 + {rowLength - 5} classes, "
                + $"but the data sets have {index.Categories.Count} categories: "
                + "they must be the model's classes, in the same number and order");
        }
    }
}
