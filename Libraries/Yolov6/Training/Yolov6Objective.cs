using QatPipeline.Torch.Distillation;
using QatPipeline.Yolov6.Assigners;
using QatPipeline.Yolov6.Losses;
using QatPipeline.Yolov6.Networks;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training;

/// <summary>The loss of a batch: the task's and, with a teacher, the distillation terms (reference 4).</summary>
internal sealed class Yolov6Objective(Yolov6Outputs outputs, Yolov6TrainingOptions options, Device device) : IDisposable
{
    private readonly DetectionLoss _loss = new(options.Loss);
    private readonly Dictionary<(int Height, int Width), AnchorGrid> _grids = [];

    /// <summary>The total with gradient and its weighted items by name.</summary>
    /// <param name="student">The network's values, with gradient.</param>
    /// <param name="teacher">The teacher's, or null without one.</param>
    /// <param name="batch">What they were computed for.</param>
    /// <param name="epoch">0-based.</param>
    public (Tensor Total, Dictionary<string, double> Items) Compute(
        IReadOnlyDictionary<string, Tensor> student, IReadOnlyDictionary<string, Tensor>? teacher, TrainingBatch batch, int epoch)
    {
        using var targets = new DetectionTargets(DetectionLabels.Of(batch).Images, device);
        var grid = GridOf(batch.Images.Height, batch.Images.Width);
        var task = _loss.Compute(student[outputs.Scores], student[outputs.Distances], targets, grid, epoch);
        var items = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["class"] = task.Class.item<float>() * options.Loss.ClassWeight,
            ["box"] = task.Box.item<float>() * options.Loss.BoxWeight,
        };
        if (teacher is null || options.Distillation is not { } distillation)
        {
            return (task.Total, items);
        }

        var decay = DistillationTerms.Decay(epoch, options.Epochs);
        var classes = DistillationTerms.Classes(student[outputs.Scores], teacher[outputs.Scores], distillation.Terms);
        var channels = distillation.Features ? DistillationTerms.Channels(Neck(student), Neck(teacher)) : null;
        items["distillation"] = classes.item<float>() * decay * options.Loss.ClassWeight;
        if (channels is not null)
        {
            items["features"] = channels.item<float>() * decay * options.Loss.ChannelWeight;
        }

        return (task.Total + _loss.Distilled(classes, null, channels, decay), items);
    }

    public void Dispose()
    {
        foreach (var grid in _grids.Values)
        {
            grid.Dispose();
        }
    }

    private List<Tensor> Neck(IReadOnlyDictionary<string, Tensor> values) => [.. outputs.Neck.Select(name => values[name])];

    private AnchorGrid GridOf(int height, int width)
    {
        if (!_grids.TryGetValue((height, width), out var grid))
        {
            _grids[(height, width)] = grid = new AnchorGrid(height, width, Yolov6Outputs.Strides, device);
        }

        return grid;
    }
}
