namespace QatPipeline.Torch.Training;

/// <summary>What the schedule says of one step.</summary>
/// <param name="Rate">Learning rate of weights.</param>
/// <param name="BiasRate">Learning rate of biases.</param>
/// <param name="RangeRate">Learning rate of the logarithms of learned ranges.</param>
/// <param name="Momentum">μ or β₁: share of the past in the direction of a step.</param>
/// <param name="Accumulation">Gradients of how many batches are summed before the weights move; at least 1.</param>
public readonly record struct StepValues(double Rate, double BiasRate, double RangeRate, double Momentum, int Accumulation)
{
    /// <summary>The learning rate of a tensor; 0 for what is not trained.</summary>
    public double RateOf(TensorRole role) => role switch
    {
        TensorRole.Statistic => 0,
        TensorRole.Range => RangeRate,
        TensorRole.Bias => BiasRate,
        _ => Rate,
    };
}

/// <summary>Learning rates over a training: a pure function of the position, so that a resumed training has the same ones.</summary>
public interface ITrainingSchedule
{
    /// <summary>The values of a step.</summary>
    StepValues At(StepPosition position);
}
