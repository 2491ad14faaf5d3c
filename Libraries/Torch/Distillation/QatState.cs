using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.Distillation;

/// <summary>
/// Everything a training needs to go on exactly where it stopped: weights, running statistics and ranges with their moments and
/// averages, the position in the data, the scores and the best graph so far. Training itself draws no random numbers.
/// </summary>
internal sealed class QatState : IDisposable
{
    private readonly TorchNetwork _network;

    public QatState(TorchNetwork network, QatOptions options)
    {
        _network = network;
        if (options.LearnsRanges)
        {
            network.LearnRanges();
        }

        Tensors =
        [
            .. network.Parameters.Select(parameter => new TrainedTensor(parameter.Name, parameter.Value, options.LearningRate)),
            .. network.Buffers.Select(buffer => new TrainedTensor(buffer.Name, buffer.Value, learningRate: 0)),
            .. network.Quantizers
                .Where(quantizer => quantizer.LogFactors is not null)
                .Select(quantizer => new TrainedTensor($"{quantizer.Name}._log_factors", quantizer.LogFactors!, options.RangeLearningRate)),
        ];
        Optimizer = new AdamOptimizer(Tensors, options);
    }

    public IReadOnlyList<TrainedTensor> Tensors { get; }

    public AdamOptimizer Optimizer { get; }

    /// <summary>The epoch and step to do next.</summary>
    public (int Epoch, int Step) Position { get; set; }

    public List<double> Scores { get; } = [];

    /// <summary>The graph of the best epoch; null before the first evaluation.</summary>
    public Graph? Best { get; set; }

    public int BestEpoch { get; set; }

    /// <summary>The network's graph with the averaged tensors in the place of the live ones.</summary>
    public Graph AveragedGraph()
    {
        var live = Tensors.Select(tensor => tensor.Value.detach().clone()).ToArray();
        using var gradients = no_grad();
        try
        {
            foreach (var tensor in Tensors)
            {
                tensor.Value.copy_(tensor.Average);
            }

            if (_network.RefreshesWeightRanges)
            {
                _network.RefreshWeightRanges();
            }

            return _network.WriteBack();
        }
        finally
        {
            foreach (var (tensor, value) in Tensors.Zip(live))
            {
                tensor.Value.copy_(value);
                value.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
