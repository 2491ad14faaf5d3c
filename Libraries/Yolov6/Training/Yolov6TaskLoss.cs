using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Distillation;
using QatPipeline.Yolov6.Networks;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace QatPipeline.Yolov6.Training;

/// <summary>YOLOv6's task loss for the label-free trainer of any detector: labels beside its distillation.</summary>
/// <param name="graph">A YOLOv6.</param>
/// <param name="options">Its loss.</param>
/// <param name="weight">Weight of the task against the distillation.</param>
/// <param name="device">Where it is trained.</param>
public sealed class Yolov6TaskLoss(Graph graph, Losses.DetectionLossOptions options, double weight, Device device) : ITaskLoss, IDisposable
{
    private readonly Yolov6Outputs _outputs = Yolov6Outputs.Of(graph);
    private readonly Yolov6Objective _objective = new(Yolov6Outputs.Of(graph), new Yolov6TrainingOptions { Loss = options }, device);

    /// <summary>Class scores and box distances of all anchors.</summary>
    public IReadOnlyCollection<string> Values => [_outputs.Scores, _outputs.Distances];

    /// <summary>One item, <c>task</c>: classification, box and distance losses in their own proportions, times the weight.</summary>
    /// <param name="student">Scores [B,A,K] and distances [B,A,4·bins], with gradient.</param>
    /// <param name="batch">Images with <see cref="DetectionLabels"/>.</param>
    /// <param name="epoch">0-based; decides which assigner is used.</param>
    public IReadOnlyDictionary<string, Tensor> Compute(IReadOnlyDictionary<string, Tensor> student, TrainingBatch batch, int epoch) =>
        new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["task"] = _objective.Compute(student, null, batch, epoch).Total * weight,
        };

    /// <summary>Frees the anchor grids of the input sizes seen.</summary>
    public void Dispose() => _objective.Dispose();
}
