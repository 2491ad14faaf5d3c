namespace QatPipeline.Torch.Distillation;

/// <summary>
/// Adam (Kingma and Ba 2015) over trained tensors, with clipping of the gradients' joint norm and the weights' moving average.
/// </summary>
internal sealed class AdamOptimizer(IReadOnlyList<TrainedTensor> tensors, QatOptions options)
{
    private const double Epsilon = 1e-8;
    private const double AverageRamp = 10;

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    public void ZeroGradients()
    {
        foreach (var tensor in tensors)
        {
            using var gradient = tensor.Value.grad;
            gradient?.zero_();
        }
    }

    /// <summary>One step with the gradients as they are, at a share of every tensor's step size.</summary>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Step(double rate)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var norm = GradientNorm();
        var clip = norm > options.GradientClip ? options.GradientClip / norm : 1;
        Steps++;
        var correction = Math.Sqrt(1 - Math.Pow(options.SecondMomentum, Steps)) / (1 - Math.Pow(options.Momentum, Steps));
        foreach (var tensor in tensors.Where(tensor => tensor.LearningRate > 0))
        {
            if (tensor.Value.grad is not { } gradient)
            {
                continue;
            }

            var clipped = gradient * clip;
            tensor.FirstMoment.mul_(options.Momentum).add_(clipped, 1 - options.Momentum);
            tensor.SecondMoment.mul_(options.SecondMomentum).addcmul_(clipped, clipped, 1 - options.SecondMomentum);
            tensor.Value.addcdiv_(tensor.FirstMoment, tensor.SecondMoment.sqrt().add_(Epsilon), -tensor.LearningRate * rate * correction);
        }

        UpdateAverages();
        return norm;
    }

    private double GradientNorm()
    {
        var squares = tensors.Select(tensor => tensor.Value.grad).OfType<Tensor>().Select(gradient => gradient.square().sum()).ToArray();
        return squares.Length == 0 ? 0 : stack(squares).sum().sqrt().item<float>();
    }

    // Early averages would hold on to the start; the share of the past grows to its final value.
    private void UpdateAverages()
    {
        var past = Math.Min(options.AverageDecay, Steps / (Steps + AverageRamp));
        foreach (var tensor in tensors)
        {
            tensor.Average.mul_(past).add_(tensor.Value, 1 - past);
        }
    }
}
