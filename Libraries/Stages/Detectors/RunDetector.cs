using QatPipeline.Coco;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;
using QatPipeline.Graphs.Model;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Detectors;

/// <summary>What a run knows of its detector: the size of its input, and what it takes and gives.</summary>
/// <param name="Description">What it takes and gives.</param>
/// <param name="Height">Of the input, in pixels.</param>
/// <param name="Width">Of the input, in pixels.</param>
public sealed record RunDetector(DetectorDescription Description, int Height, int Width)
{
    private const string Key = "detector";

    // A picture without detections tells nothing of what they are.
    private const int MostProbes = 8;

    /// <summary>How pictures are loaded and letterboxed for it, as the specification names it.</summary>
    public EvaluationProtocol ProtocolOf(RunSpecification specification) => Protocol(specification, (Height, Width), Description.Input);

    /// <summary>What a graph's metadata say, as <see cref="Record"/> wrote it; a YOLOv6's rows where they are silent.</summary>
    /// <exception cref="QatPipeline.Detectors.DetectorException">They cannot be read.</exception>
    public static RunDetector Of(Graph graph, RunSpecification specification)
    {
        var (height, width) = ImageInput.SizeOf(graph, specification);
        return new RunDetector(Recorded(graph) ?? new(), height, width);
    }

    /// <summary>What the graph's metadata say; null where they are silent.</summary>
    /// <exception cref="QatPipeline.Detectors.DetectorException">They cannot be read.</exception>
    public static DetectorDescription? Recorded(Graph graph) =>
        graph.Metadata.TryGetValue(Key, out var text) ? DetectorDescription.FromJson(text) : null;

    /// <summary>Keeps the description with the graph, and so with every form of it that is handed out.</summary>
    public void Record(Graph graph)
    {
        var isFirst = Description.Outputs is [var only] && only == graph.Outputs[0].Name;
        var description = isFirst ? Description with { Outputs = [] } : Description;
        graph.Metadata.Remove(Key);
        if (description.ToJson() != new DetectorDescription().ToJson())
        {
            graph.Metadata[Key] = description.ToJson();
        }
    }

    /// <summary>Recognises a detector by its outputs for one picture, as far as the specification does not describe it.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="size">Height and width of its input.</param>
    /// <param name="batch">Images that it takes at once.</param>
    /// <param name="images">Where the picture comes from.</param>
    /// <param name="specification">The run's.</param>
    /// <param name="index">The pictures and categories.</param>
    /// <param name="takesLevels">Whether the network's own input is of 8-bit levels.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="QatPipeline.Detectors.DetectorException">Its outputs are not understood.</exception>
    public static async Task<RunDetector> RecogniseAsync(
        IDetector detector,
        (int Height, int Width) size,
        int batch,
        IImageSource images,
        RunSpecification specification,
        DatasetIndex index,
        bool takesLevels,
        CancellationToken cancellationToken)
    {
        var request = DetectorRequests.Of(specification.Model.Detector, takesLevels);
        long[] categoryIds = [.. index.Categories.Select(category => category.Id)];
        RequireClasses(specification, categoryIds.Length);
        var input = request.Input ?? new();
        for (var isSecond = false; ; isSecond = true)
        {
            var probe = await ProbeAsync(detector, size, batch, images, specification, index, input, cancellationToken);
            var found = DetectorRecognition.Of(probe, request, categoryIds);

            // Values are what they are on real runs only where the picture is what the network takes.
            if (isSecond || found.Input.ToString() == input.ToString())
            {
                return new RunDetector(found, size.Height, size.Width);
            }

            input = found.Input;
        }
    }

    private static EvaluationProtocol Protocol(RunSpecification specification, (int Height, int Width) size, InputDescription input) =>
        EvaluationProtocol.Named(
            specification.Evaluation.Protocol, Math.Max(size.Height, size.Width), specification.Evaluation.LoadSize) with
        {
            Height = size.Height,
            Width = size.Width,
            Placement = input.Placement,
        };

    private static void RequireClasses(RunSpecification specification, int categories)
    {
        if (specification.Model.Detector is { Classes: > 0 and var classes } && classes != categories)
        {
            throw new CocoException(
                $"model.detector.classes is {classes}, but the data sets have {categories} categories: they must be the model's classes, in "
                + "the same number and order.");
        }
    }

    private static async Task<DetectorProbe> ProbeAsync(
        IDetector detector,
        (int Height, int Width) size,
        int batch,
        IImageSource images,
        RunSpecification specification,
        DatasetIndex index,
        InputDescription input,
        CancellationToken cancellationToken)
    {
        var split = index.Calibration.Count > 0 ? DatasetSplit.Calibration : DatasetSplit.Validation;
        IReadOnlyList<IndexedImage> wanted = [.. index.ImagesOf(split).Take(batch * MostProbes)];
        DetectorProbe? probe = null;
        await foreach (var pictures in new PreparedImageSource(images, input).ReadAsync(
            specification, split, wanted, Protocol(specification, size, input), Math.Min(batch, wanted.Count), cancellationToken))
        {
            using (pictures)
            {
                probe = new DetectorProbe(detector.Run(pictures), pictures.Count, (pictures.Height, pictures.Width));
            }

            if (!probe.IsEmpty)
            {
                break;
            }
        }

        return probe ?? throw new CocoException("No image could be read to look at the model's outputs with; check the data sets.");
    }
}
