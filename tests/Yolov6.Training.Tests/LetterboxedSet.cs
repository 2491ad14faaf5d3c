using QatPipeline.Coco.Data;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Coco.Images;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Graphs.Model;
using QatPipeline.Torch;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Assigners;
using TorchSharp;

namespace QatPipeline.Yolov6.Training.Tests;

/// <summary>A few images of a data set as one letterboxed batch, the same every step, and their AP.</summary>
internal sealed class LetterboxedSet : ITrainingBatches
{
    private readonly CocoDataset _truth;
    private readonly List<LetterboxTransform> _transforms = [];
    private readonly TrainingInput _batch;
    private readonly int _size;

    public LetterboxedSet(CocoDataset dataset, IReadOnlyList<CocoImage> images, int size, int stepsPerEpoch)
    {
        (StepsPerEpoch, _size) = (stepsPerEpoch, size);
        var annotations = images.SelectMany(image => dataset.AnnotationsOf(dataset.ImageIndexOf(image.Id))).ToList();
        _truth = new CocoDataset(dataset.Source, dataset.ImageFolder, images, annotations, dataset.Categories);
        var levels = new byte[images.Count * 3 * size * size];
        var files = _truth.FilesIn(dataset.ImageFolder);
        var labels = new List<IReadOnlyList<TargetBox>>();
        for (var i = 0; i < images.Count; i++)
        {
            var transform = Letterbox.Read(
                files[i], EvaluationProtocol.E2(size), (size, size), levels.AsSpan(i * 3 * size * size, 3 * size * size));
            _transforms.Add(transform);
            labels.Add([.. _truth.AnnotationsOf(i).Select(annotation => Target(annotation, transform))]);
        }

        var pixels = new float[levels.Length];
        PlanarPixels.ToUnit(levels, pixels);
        _batch = new TrainingInput(new PixelBatch(pixels, images.Count, 3, size, size), new DetectionLabels(labels));
    }

    public int StepsPerEpoch { get; }

    public int ClassCount => _truth.Categories.Count;

    public Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken) => Task.FromResult(_batch);

    public CocoMetrics Evaluate(Graph graph)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new TorchNetwork(graph, torch.CPU);
        var output = network.Forward(_batch.Images.ToTensor(torch.CPU))[Yolov6Network.OutputName];
        var decoder = new DetectionDecoder(new DetectionOptions(), [.. _truth.Categories.Select(category => category.Id)]);
        var detections = _truth.Images.SelectMany((image, i) => decoder.Decode(
            [new OutputTensor(Yolov6Network.OutputName, [.. output[i].shape.Select(length => (int)length)], output[i].ToFloats())],
            (_batch.Images.Height, _batch.Images.Width),
            image.Id,
            _transforms[i])).ToList();
        return CocoEvaluator.Evaluate(_truth, detections).Metrics;
    }

    private TargetBox Target(CocoAnnotation annotation, LetterboxTransform transform)
    {
        var box = annotation.Box;
        return new TargetBox(
            _truth.CategoryIndexOf(annotation.CategoryId),
            X(box.X), Y(box.Y), X(box.X + box.Width), Y(box.Y + box.Height));

        float X(double x) => (float)Math.Clamp((x * transform.GainX) + transform.PadX, 0, _size);

        float Y(double y) => (float)Math.Clamp((y * transform.GainY) + transform.PadY, 0, _size);
    }
}
