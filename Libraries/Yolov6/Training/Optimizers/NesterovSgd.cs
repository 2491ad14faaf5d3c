using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>
/// Gradient descent with Nesterov momentum and, for RepOpt networks, a multiplier on the gradient of each weight (reference 3.5).
/// Its state can be saved and restored exactly.
/// </summary>
/// <param name="groups">The parameters with their rates and decays; rates may be changed between steps.</param>
/// <param name="multipliers">Gradient multipliers by parameter name, of the parameters' shapes; owned by the optimizer.</param>
internal sealed class NesterovSgd(IReadOnlyList<ParameterGroup> groups, IReadOnlyDictionary<string, Tensor>? multipliers = null)
    : IDisposable
{
    private readonly Dictionary<string, Tensor> _velocities = new(StringComparer.Ordinal);

    public IReadOnlyList<ParameterGroup> Groups { get; } = groups;

    /// <summary>μ.</summary>
    public double Momentum { get; set; } = 0.937;

    /// <summary>Moves every parameter that has a gradient. Decay is not multiplied.</summary>
    public void Step()
    {
        using var noGradient = no_grad();
        foreach (var group in Groups)
        {
            foreach (var parameter in group.Parameters)
            {
                using var scope = NewDisposeScope();
                Step(parameter, group);
            }
        }
    }

    public void ZeroGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in Groups.SelectMany(group => group.Parameters))
        {
            parameter.Value.grad?.zero_();
        }
    }

    /// <summary>The velocities by parameter name.</summary>
    public StateDict SaveState()
    {
        var state = new StateDict();
        foreach (var parameter in Groups.SelectMany(group => group.Parameters))
        {
            if (_velocities.TryGetValue(parameter.Name, out var velocity))
            {
                state.Set(parameter.Name, velocity.shape, velocity.ToFloats());
            }
        }

        return state;
    }

    /// <exception cref="CheckpointException">A velocity does not fit its parameter.</exception>
    public void LoadState(StateDict state)
    {
        foreach (var parameter in Groups.SelectMany(group => group.Parameters))
        {
            if (!state.TryGet(parameter.Name, out var saved))
            {
                continue;
            }

            if (!saved.Shape.AsSpan().SequenceEqual(parameter.Value.shape))
            {
                throw new CheckpointException($"The optimizer state of {parameter.Name} has shape {saved.ShapeText}, the parameter "
                    + $"[{string.Join(",", parameter.Value.shape)}]. Resume from a checkpoint of the same network.");
            }

            Remember(parameter.Name, tensor(saved.Data, saved.Shape, device: parameter.Value.device));
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _velocities.Values.Concat(multipliers?.Values ?? []))
        {
            tensor.Dispose();
        }
    }

    private void Step(NetworkParameter parameter, ParameterGroup group)
    {
        if (parameter.Value.grad is not { } gradient)
        {
            return;
        }

        if (multipliers?.TryGetValue(parameter.Name, out var multiplier) == true)
        {
            gradient = gradient * multiplier;
        }

        var direction = group.WeightDecay == 0 ? gradient : gradient.add(parameter.Value, alpha: group.WeightDecay);
        if (_velocities.TryGetValue(parameter.Name, out var velocity))
        {
            velocity.mul_(Momentum).add_(direction);
        }
        else
        {
            velocity = direction.clone();
            Remember(parameter.Name, velocity);
        }

        parameter.Value.add_(direction.add(velocity, alpha: Momentum), alpha: -group.LearningRate);
    }

    private void Remember(string name, Tensor velocity)
    {
        if (_velocities.Remove(name, out var old))
        {
            old.Dispose();
        }

        _velocities.Add(name, velocity.DetachFromDisposeScope());
    }
}
