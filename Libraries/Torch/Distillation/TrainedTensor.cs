namespace QatPipeline.Torch.Distillation;

/// <summary>A tensor under training with Adam's moments and its moving average; all live until disposed.</summary>
internal sealed class TrainedTensor : IDisposable
{
    public TrainedTensor(string name, Tensor value, double learningRate)
    {
        using var gradients = no_grad();
        Name = name;
        Value = value;
        LearningRate = learningRate;
        FirstMoment = zeros_like(value, requires_grad: false).DetachFromDisposeScope();
        SecondMoment = zeros_like(value, requires_grad: false).DetachFromDisposeScope();
        Average = value.detach().clone().DetachFromDisposeScope();
    }

    public string Name { get; }

    public Tensor Value { get; }

    /// <summary>Step size at the start; 0 for running statistics, which are averaged but not trained.</summary>
    public double LearningRate { get; }

    public Tensor FirstMoment { get; }

    public Tensor SecondMoment { get; }

    public Tensor Average { get; }

    /// <summary>What a checkpoint holds, in this order.</summary>
    public IEnumerable<Tensor> State => [Value, FirstMoment, SecondMoment, Average];

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
        Average.Dispose();
    }
}
