using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.Training;

/// <summary>Moves an average toward a tensor's value after an optimizer step, which is 1-based.</summary>
public delegate void AverageRule(Tensor average, Tensor value, long step);

/// <summary>Everything that changes while a network is trained. Training itself draws no random numbers.</summary>
public sealed class TrainingState : IDisposable
{
    private readonly AverageRule _average;

    /// <param name="network">Owned; its tensors are trained.</param>
    /// <param name="optimizer">Makes the optimizer of the network's tensors.</param>
    /// <param name="average">The moving average's rule.</param>
    public TrainingState(TorchNetwork network, Func<IReadOnlyList<TrainedTensor>, IOptimizer> optimizer, AverageRule average)
    {
        network.IsTraining = true;
        (Network, _average) = (network, average);
        Tensors = TrainedTensor.Of(network);
        Optimizer = optimizer(Tensors);
    }

    /// <summary>The network with its live tensors.</summary>
    public TorchNetwork Network { get; }

    /// <summary>What is trained and averaged.</summary>
    public IReadOnlyList<TrainedTensor> Tensors { get; }

    /// <summary>Moves them.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>The epoch and step to do next, 0-based.</summary>
    public (int Epoch, int Step) Position { get; set; }

    /// <summary>Steps the optimizer has taken.</summary>
    public long Updates { get; set; }

    /// <summary>Batches whose gradients wait for an optimizer step.</summary>
    public int PendingBatches { get; set; }

    /// <summary>All evaluations in order.</summary>
    public List<EpochScore> Scores { get; } = [];

    /// <summary>The graph of the best epoch; null before the first evaluation.</summary>
    public Graph? Best { get; set; }

    /// <summary>0-based; of no meaning before the first evaluation.</summary>
    public int BestEpoch { get; set; }

    /// <summary>The network's graph with the averaged tensors in the place of the live ones.</summary>
    public Graph AveragedGraph() => GraphWith(tensor => tensor.Average);

    /// <summary>The network's graph with other values in the place of the live ones, which are untouched.</summary>
    /// <param name="values">A tensor of the same shape for each.</param>
    public Graph GraphWith(Func<TrainedTensor, Tensor> values)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var live = Tensors.Select(tensor => tensor.Value.detach().clone()).ToArray();
        try
        {
            foreach (var tensor in Tensors)
            {
                tensor.Value.copy_(values(tensor));
            }

            if (Network.RefreshesWeightRanges)
            {
                Network.RefreshWeightRanges();
            }

            return Network.WriteBack();
        }
        finally
        {
            foreach (var (tensor, value) in Tensors.Zip(live))
            {
                tensor.Value.copy_(value);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }

        Network.Dispose();
    }

    /// <summary>Makes the states of ranks that share the batches the same: gradients that wait are those of each one's shares.</summary>
    internal void Level()
    {
        if (PendingBatches > 0)
        {
            GradientExchange.Level(Network.Ranks, Tensors);
        }
    }

    /// <summary>Moves the tensors by the gathered gradients once enough batches have added to them.</summary>
    internal void AddBatch(StepValues values)
    {
        if (Network is { UsesBatchStatistics: true, SharesBatchStatistics: false })
        {
            GradientExchange.LevelStatistics(Network.Ranks, Tensors);
        }

        if (++PendingBatches < values.Accumulation)
        {
            return;
        }

        PendingBatches = 0;
        Updates++;
        GradientExchange.Sum(Network.Ranks, Tensors);
        Optimizer.Step(values, Updates);
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        foreach (var tensor in Tensors)
        {
            tensor.Value.grad?.zero_();
            _average(tensor.Average, tensor.Value, Updates);
        }
    }
}
