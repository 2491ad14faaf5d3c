using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>The moving average of all parameters and running statistics; evaluation and published weights use it (reference 3.7).</summary>
/// <param name="tensors">What is averaged.</param>
/// <param name="decay">The share of the past after many steps.</param>
/// <param name="ramp">How many steps it takes to get near it.</param>
internal sealed class ExponentialMovingAverage(IReadOnlyList<NetworkParameter> tensors, double decay = 0.9999, double ramp = 2000)
    : IDisposable
{
    private readonly Tensor[] _averages = [.. tensors.Select(Copy)];

    /// <summary>Optimizer steps so far.</summary>
    public long Updates { get; set; }

    /// <summary>After an optimizer step n: average ← d·average + (1 − d)·value with d = decay·(1 − exp(−n/ramp)).</summary>
    public void Update()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Updates++;
        var past = decay * (1 - Math.Exp(-Updates / ramp));
        for (var i = 0; i < _averages.Length; i++)
        {
            _averages[i].lerp_(tensors[i].Value, 1 - past);
        }
    }

    /// <summary>The averages by the names of what is averaged; <see cref="Updates"/> is kept apart.</summary>
    public StateDict SaveState()
    {
        var state = new StateDict();
        for (var i = 0; i < _averages.Length; i++)
        {
            state.Set(tensors[i].Name, _averages[i].shape, _averages[i].ToFloats());
        }

        return state;
    }

    /// <exception cref="CheckpointException">An entry is missing or has another shape.</exception>
    public void LoadState(StateDict state)
    {
        StateDictReport
            .Compare(state, [.. tensors.Select(item => KeyValuePair.Create(item.Name, item.Value.shape))])
            .RequireComplete("The moving average");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _averages.Length; i++)
        {
            var saved = tensor(state[tensors[i].Name].Data, _averages[i].shape);
            _averages[i].copy_(saved);
        }
    }

    public void Dispose()
    {
        foreach (var average in _averages)
        {
            average.Dispose();
        }
    }

    private static Tensor Copy(NetworkParameter item)
    {
        using var noGradient = no_grad();
        return item.Value.detach().clone().DetachFromDisposeScope();
    }
}
