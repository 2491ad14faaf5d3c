using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Torch.Execution;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training;

/// <summary>Everything that changes while a network is trained.</summary>
internal sealed class Yolov6TrainingState : IDisposable
{
    private readonly Yolov6TrainingOptions _options;

    /// <exception cref="CheckpointException">The scales do not fit the network.</exception>
    public Yolov6TrainingState(Graph graph, Yolov6TrainingOptions options, RepScales? scales, Device device)
    {
        _options = options;
        Network = new TorchNetwork(graph, device)
        {
            Mode = options.Quantized ? ExecutionMode.FakeQuantize : ExecutionMode.Float,
            RefreshesWeightRanges = options.Quantized && options.RefreshesWeightRanges,
        };
        var pairs = scales is null ? [] : RepOptimizer.Pair(Network.Parameters, Yolov6Outputs.Of(graph).RepBlocks, scales);
        if (options.Reinitialize)
        {
            RepOptimizer.Reinitialize(pairs, new WeightRandom(options.Seed));
        }

        Network.IsTraining = true;
        Optimizer = new NesterovSgd(
            ParameterGroup.Of(graph, Network.Parameters, options.Schedule.ScaledWeightDecay(options.Batch)),
            RepOptimizer.Multipliers(pairs, options.RoundsScaleSquares));
        Average = new ExponentialMovingAverage(Tensors, options.AverageDecay, options.AverageRamp);
    }

    public TorchNetwork Network { get; }

    public NesterovSgd Optimizer { get; }

    public ExponentialMovingAverage Average { get; }

    /// <summary>Parameters and running statistics.</summary>
    public IReadOnlyList<NetworkParameter> Tensors => [.. Network.Parameters, .. Network.Buffers];

    /// <summary>The epoch and step to do next, 0-based.</summary>
    public (int Epoch, int Step) Position { get; set; }

    /// <summary>Iterations whose gradients wait for an optimizer step.</summary>
    public int PendingIterations { get; set; }

    public List<EpochScore> Scores { get; } = [];

    /// <summary>The averaged weights of the best epoch; null before the first evaluation.</summary>
    public StateDict? Best { get; set; }

    /// <summary>Moves the weights by the gathered gradients once enough iterations have added to them.</summary>
    public void AddIteration(int accumulation)
    {
        PendingIterations++;
        if (PendingIterations < accumulation)
        {
            return;
        }

        Optimizer.Step();
        Optimizer.ZeroGradients();
        Average.Update();
        PendingIterations = 0;
    }

    /// <summary>The values of all tensors by name.</summary>
    public StateDict Values()
    {
        var state = new StateDict();
        foreach (var (name, value) in Tensors)
        {
            state.Set(name, value.shape, value.ToFloats());
        }

        return state;
    }

    /// <exception cref="CheckpointException">An entry is missing or has another shape.</exception>
    public void SetValues(StateDict state)
    {
        StateDictReport
            .Compare(state, [.. Tensors.Select(item => KeyValuePair.Create(item.Name, item.Value.shape))])
            .RequireComplete("The training checkpoint");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in Tensors)
        {
            value.copy_(tensor(state[name].Data, value.shape));
        }
    }

    /// <summary>The graph with other values in the place of the live ones, which are untouched.</summary>
    public Graph GraphWith(StateDict values)
    {
        var live = Values();
        SetValues(values);
        try
        {
            if (Network.RefreshesWeightRanges)
            {
                Network.RefreshWeightRanges();
            }

            return Network.WriteBack();
        }
        finally
        {
            SetValues(live);
        }
    }

    /// <summary>The gradients that wait for a step.</summary>
    public StateDict PendingGradients()
    {
        var state = new StateDict();
        foreach (var (name, value) in Network.Parameters.Where(_ => PendingIterations > 0))
        {
            using var gradient = value.grad;
            if (gradient is not null)
            {
                state.Set(name, gradient.shape, gradient.ToFloats());
            }
        }

        return state;
    }

    public void SetPendingGradients(StateDict state)
    {
        foreach (var (name, value) in Network.Parameters)
        {
            using var gradient = state.TryGet(name, out var saved) ? tensor(saved.Data, saved.Shape, device: value.device) : null;
            value.grad = gradient;
        }
    }

    public bool UsesBatchStatistics(int epoch) => epoch < _options.Epochs - _options.FrozenBatchNormEpochs;

    public void Dispose()
    {
        Average.Dispose();
        Optimizer.Dispose();
        Network.Dispose();
    }
}
