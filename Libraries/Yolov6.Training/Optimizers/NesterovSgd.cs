namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>
/// Gradient descent with Nesterov momentum and, for RepOpt networks, a multiplier on the gradient of each weight (reference 3.5).
/// </summary>
public sealed class NesterovSgd : IOptimizer
{
    private readonly double _weightDecay;
    private readonly IReadOnlyDictionary<string, Tensor> _multipliers;
    private readonly Dictionary<TrainedTensor, Tensor> _velocities;

    /// <param name="tensors">What is trained.</param>
    /// <param name="weightDecay">λ of the weights: how strongly each step pulls toward zero. Nothing else is decayed.</param>
    /// <param name="multipliers">Gradient multipliers by tensor name, of the tensors' shapes; owned.</param>
    public NesterovSgd(
        IReadOnlyList<TrainedTensor> tensors, double weightDecay = 0, IReadOnlyDictionary<string, Tensor>? multipliers = null)
    {
        (_weightDecay, _multipliers) = (weightDecay, multipliers ?? new Dictionary<string, Tensor>());
        _velocities = tensors.Where(tensor => tensor.Role != TensorRole.Statistic).ToDictionary(tensor => tensor, Still);
    }

    /// <summary>Moves every tensor that has a gradient. Decay is not multiplied.</summary>
    public void Step(StepValues values, long step)
    {
        using var noGradient = no_grad();
        foreach (var (tensor, velocity) in _velocities)
        {
            using var scope = NewDisposeScope();
            if (tensor.Value.grad is not { } gradient)
            {
                continue;
            }

            if (_multipliers.TryGetValue(tensor.Name, out var multiplier))
            {
                gradient = gradient * multiplier;
            }

            var decay = tensor.Role == TensorRole.Weight ? _weightDecay : 0;
            var direction = decay == 0 ? gradient : gradient.add(tensor.Value, alpha: decay);
            velocity.mul_(values.Momentum).add_(direction);
            tensor.Value.add_(direction.add(velocity, alpha: values.Momentum), alpha: -values.RateOf(tensor.Role));
        }
    }

    /// <summary>The velocity; nothing for running statistics.</summary>
    public IReadOnlyList<Tensor> StateOf(TrainedTensor tensor) => _velocities.TryGetValue(tensor, out var velocity) ? [velocity] : [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _velocities.Values.Concat(_multipliers.Values))
        {
            tensor.Dispose();
        }
    }

    // The first velocity is the first direction to the bit: adding to −0 keeps the sign of a zero, adding to +0 does not.
    private static Tensor Still(TrainedTensor tensor)
    {
        using var noGradient = no_grad();
        return full_like(tensor.Value, -0.0, requires_grad: false).DetachFromDisposeScope();
    }
}
