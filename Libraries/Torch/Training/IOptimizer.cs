namespace QatPipeline.Torch.Training;

/// <summary>Moves tensors against their gradients. What it remembers of a tensor is part of a checkpoint.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>Moves every tensor that has a gradient; gradients stay as they are.</summary>
    /// <param name="values">The schedule's.</param>
    /// <param name="step">1-based, counted from the start of the training.</param>
    void Step(StepValues values, long step);

    /// <summary>What it remembers of a tensor, live and of the tensor's shape: always as many, in the same order.</summary>
    IReadOnlyList<Tensor> StateOf(TrainedTensor tensor);
}
