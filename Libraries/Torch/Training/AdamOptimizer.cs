namespace QatPipeline.Torch.Training;

/// <summary>Adam (Kingma and Ba 2015) with clipping of the gradients' joint norm.</summary>
/// <param name="tensors">What is trained.</param>
/// <param name="secondMomentum">β₂; β₁ is the schedule's momentum.</param>
/// <param name="gradientClip">Largest norm of all gradients together.</param>
public sealed class AdamOptimizer(IReadOnlyList<TrainedTensor> tensors, double secondMomentum, double gradientClip) : IOptimizer
{
    private const double Epsilon = 1e-8;

    private readonly Dictionary<TrainedTensor, Tensor[]> _moments = tensors.ToDictionary(
        tensor => tensor, tensor => new[] { Zeros(tensor.Value), Zeros(tensor.Value) });

    /// <inheritdoc/>
    public void Step(StepValues values, long step)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var norm = GradientNorm();
        var clip = norm > gradientClip ? gradientClip / norm : 1;
        var correction = Math.Sqrt(1 - Math.Pow(secondMomentum, step)) / (1 - Math.Pow(values.Momentum, step));
        foreach (var tensor in tensors)
        {
            if (tensor.Value.grad is not { } gradient)
            {
                continue;
            }

            var clipped = gradient * clip;
            var (first, second) = (_moments[tensor][0], _moments[tensor][1]);
            first.mul_(values.Momentum).add_(clipped, 1 - values.Momentum);
            second.mul_(secondMomentum).addcmul_(clipped, clipped, 1 - secondMomentum);
            tensor.Value.addcdiv_(first, second.sqrt().add_(Epsilon), -values.RateOf(tensor.Role) * correction);
        }
    }

    /// <summary>First and second moment.</summary>
    public IReadOnlyList<Tensor> StateOf(TrainedTensor tensor) => _moments[tensor];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moment in _moments.Values.SelectMany(moments => moments))
        {
            moment.Dispose();
        }
    }

    private double GradientNorm()
    {
        var squares = tensors.Select(tensor => tensor.Value.grad).OfType<Tensor>().Select(gradient => gradient.square().sum()).ToArray();
        return squares.Length == 0 ? 0 : stack(squares).sum().sqrt().item<float>();
    }

    private static Tensor Zeros(Tensor like) => zeros_like(like, requires_grad: false).DetachFromDisposeScope();
}
