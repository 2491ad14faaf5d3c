using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Networks;
using Tensor = TorchSharp.torch.Tensor;

namespace QatPipeline.Yolov6.Training;

/// <summary>The float network that a student learns from.</summary>
internal sealed class Teacher : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly IReadOnlyList<string> _values;

    public Teacher(Graph graph, bool usesBatchStatistics, Device device)
    {
        _values = Yolov6Outputs.Of(graph).TrainingValues;

        // The reference leaves its teacher in training mode with the tracking of statistics off (reference 4.7): with momentum 0
        // the running statistics stay what they are.
        _network = new TorchNetwork(graph, device)
        {
            Mode = ExecutionMode.Float,
            IsTraining = usesBatchStatistics,
            UsesBatchStatistics = usesBatchStatistics,
            BatchNormMomentum = 0,
        };
    }

    public IReadOnlyDictionary<string, Tensor> Forward(Tensor images)
    {
        using var noGradient = no_grad();
        return _network.Forward(images, _values);
    }

    public void Dispose() => _network.Dispose();
}
