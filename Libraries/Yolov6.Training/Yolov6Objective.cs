using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.Parallel;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Assigners;
using QatPipeline.Yolov6.Training.Losses;
using Tensor = TorchSharp.torch.Tensor;

namespace QatPipeline.Yolov6.Training;

/// <summary>The loss of a batch: the task's and, with a teacher, the distillation terms (reference 4).</summary>
public sealed class Yolov6Objective : ITrainingObjective
{
    private readonly Yolov6Outputs _outputs;
    private readonly Yolov6TrainingOptions _options;
    private readonly Device _device;
    private readonly DetectionLoss _loss;
    private readonly Teacher? _teacher;
    private readonly Dictionary<(int Height, int Width), AnchorGrid> _grids = [];

    /// <param name="graph">A YOLOv6.</param>
    /// <param name="options">Its losses.</param>
    /// <param name="teacher">The float network to learn from where the options say so.</param>
    /// <param name="device">Where it is trained; CUDA if there is one by default.</param>
    /// <param name="ranks">Those that share each batch, for the task's loss alone; null for this process alone.</param>
    /// <exception cref="ArgumentException">The teacher is missing.</exception>
    /// <exception cref="GraphException">The graph was not built as a YOLOv6.</exception>
    public Yolov6Objective(
        Graph graph, Yolov6TrainingOptions options, Graph? teacher = null, Device? device = null, ICollective? ranks = null)
    {
        (_outputs, _options, _device) = (Yolov6Outputs.Of(graph), options, device ?? TorchDevices.Default);
        _loss = new DetectionLoss(options.Loss, ranks);
        Values = options.Distillation is { Features: true } ? _outputs.TrainingValues : [_outputs.Scores, _outputs.Distances];
        if (options.Distillation is { } distillation)
        {
            _teacher = new Teacher(
                teacher ?? throw new ArgumentException("Distillation needs a teacher: the float network before quantization."),
                distillation.TeacherUsesBatchStatistics,
                _device);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Values { get; }

    /// <inheritdoc/>
    /// <param name="student">Scores [B,A,K], distances [B,A,4·bins] and, for feature distillation, the neck's outputs.</param>
    /// <param name="images">[N,C,H,W].</param>
    /// <param name="batch">Images with <see cref="DetectionLabels"/>.</param>
    /// <param name="position">The epoch decides which assigner is used.</param>
    public TrainingLoss Compute(IReadOnlyDictionary<string, Tensor> student, Tensor images, TrainingInput batch, StepPosition position)
    {
        using var targets = new DetectionTargets(DetectionLabels.Of(batch).Images, _device);
        var grid = GridOf(batch.Images.Height, batch.Images.Width);
        var task = _loss.Compute(student[_outputs.Scores], student[_outputs.Distances], targets, grid, position.Epoch);
        var items = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["class"] = task.Class.item<float>() * _options.Loss.ClassWeight,
            ["box"] = task.Box.item<float>() * _options.Loss.BoxWeight,
        };
        if (_teacher is null || _options.Distillation is not { } distillation)
        {
            return new TrainingLoss(task.Total, items);
        }

        var teacher = _teacher.Forward(images);
        var decay = DistillationTerms.Decay(position.Epoch, position.Epochs);
        var classes = DistillationTerms.Classes(student[_outputs.Scores], teacher[_outputs.Scores], distillation.Terms);
        var channels = distillation.Features ? DistillationTerms.Channels(Neck(student), Neck(teacher)) : null;
        items["distillation"] = classes.item<float>() * decay * _options.Loss.ClassWeight;
        if (channels is not null)
        {
            items["features"] = channels.item<float>() * decay * _options.Loss.ChannelWeight;
        }

        return new TrainingLoss(task.Total + _loss.Distilled(classes, channels, decay), items);
    }

    /// <summary>Frees the teacher and the anchor grids of the input sizes seen.</summary>
    public void Dispose()
    {
        _teacher?.Dispose();
        foreach (var grid in _grids.Values)
        {
            grid.Dispose();
        }
    }

    private List<Tensor> Neck(IReadOnlyDictionary<string, Tensor> values) => [.. _outputs.Neck.Select(name => values[name])];

    private AnchorGrid GridOf(int height, int width)
    {
        if (!_grids.TryGetValue((height, width), out var grid))
        {
            _grids[(height, width)] = grid = new AnchorGrid(height, width, Yolov6Outputs.Strides, _device);
        }

        return grid;
    }
}
