using QatPipeline.Torch;
using QatPipeline.Yolov6.Training.Assigners;

namespace QatPipeline.Yolov6.Training;

/// <summary>The labels of a <see cref="TrainingInput"/>: the objects of each of its images, in pixels of the network input.</summary>
public sealed record DetectionLabels(IReadOnlyList<IReadOnlyList<TargetBox>> Images)
{
    /// <exception cref="TorchExecutionException">The batch has no labels, or not one list an image.</exception>
    internal static DetectionLabels Of(TrainingInput batch) =>
        batch.Labels is DetectionLabels labels && labels.Images.Count == batch.Images.Count
            ? labels
            : throw new TorchExecutionException(
                $"A batch of {batch.Images.Count} images has no {nameof(DetectionLabels)} for each of them; "
                + "the task loss needs annotated images, distillation alone does not.");
}
