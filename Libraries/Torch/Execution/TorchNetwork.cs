using QatPipeline.Graphs;
using QatPipeline.Torch.FakeQuantization;
using QatPipeline.Torch.Native;
using QatPipeline.Torch.Operators;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Execution;

/// <summary>
/// A <see cref="Graph"/> that runs in TorchSharp: float, observing, or fake-quantized. The graph itself is never changed; trained
/// weights and ranges come back as a new graph. Not thread-safe.
/// </summary>
public sealed class TorchNetwork : IDisposable
{
    private readonly Dictionary<string, ExecutionPlan> _plans = new(StringComparer.Ordinal);
    private readonly Dictionary<QuantizerUse, (NetworkQuantizer Range, Quantizer Source)> _uses;
    private readonly (NetworkQuantizer Quantizer, string Weight)[] _weights;
    private readonly Dictionary<QuantizerUse, NetworkBias> _biases;
    private readonly NetworkConstants _constants;
    private readonly Lazy<long?> _passLimit;
    private bool _isTraining;

    /// <exception cref="TorchExecutionException">The graph has an operator this executor does not know.</exception>
    public TorchNetwork(Graph graph, Device? device = null)
    {
        Graph = graph;
        Device = device ?? TorchDevices.Default;
        Inputs = [.. graph.Inputs.Where(input => !graph.Initializers.ContainsKey(input.Name)).Select(input => input.Name)];
        _constants = new NetworkConstants(graph, Device);
        Quantizers = [.. graph.Quantizers
            .GroupBy(quantizer => quantizer.Group is { } group ? (group, "") : ("", quantizer.Name))
            .Select(group => new NetworkQuantizer(group.Key.Item1.Length > 0 ? group.Key.Item1 : group.Key.Item2, [.. group]))];
        _uses = Quantizers
            .SelectMany(range => range.Members.SelectMany(source => source.Uses.Select(use => (use, range, source))))
            .ToDictionary(item => item.use, item => (item.range, item.source));
        _weights = [.. WeightsOf(graph)];
        _biases = TargetRegistry.IntegerBiases(graph).ToDictionary(bias => bias.Use, bias => new NetworkBias(
            bias, _uses[new(bias.Layer.Name, 0)].Range, _uses[new(bias.Layer.Name, 1)].Range, _constants.Values));
        _passLimit = new Lazy<long?>(() => DeclaredBatch is { } declared && !BatchProbe.AreIndependent(Graph, Device) ? declared : null);
        PlanFor(null);
    }

    /// <summary>The graph as it was given.</summary>
    public Graph Graph { get; }

    /// <summary>Where parameters are and inputs must be.</summary>
    public Device Device { get; }

    /// <summary>Names of the inputs a forward pass takes.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>
    /// How forward passes treat quantized values, and the biases of layers on integers: as float, observed, or fake-quantized. May change
    /// between passes.
    /// </summary>
    public ExecutionMode Mode { get; set; }

    /// <summary>Sees activations in <see cref="ExecutionMode.Observe"/>.</summary>
    public ITensorObserver? Observer { get; set; }

    /// <summary>Whether forward passes record gradients of the parameters. Off by default.</summary>
    public bool IsTraining
    {
        get => _isTraining;
        set
        {
            _isTraining = value;
            foreach (var parameter in Parameters)
            {
                parameter.Value.requires_grad_(value);
            }
        }
    }

    /// <summary>Whether batch normalization normalizes by, and averages, the statistics of the batch. Off by default.</summary>
    public bool UsesBatchStatistics { get; set; }

    /// <summary>Weight of a new batch in the running statistics (reference 6.3: 0.03).</summary>
    public double BatchNormMomentum { get; set; } = 0.03;

    /// <summary>Those that share each batch of a training. This process alone by default.</summary>
    public ICollective Ranks { get; set; } = SingleCollective.Instance;

    /// <summary>Whether batch normalization takes the statistics of all ranks' shares of the batch, or of this rank's own. On by default.</summary>
    public bool SharesBatchStatistics { get; set; } = true;

    /// <summary>Whether the ranges of weights follow the weights' largest magnitudes; otherwise they stay as calibrated.</summary>
    public bool RefreshesWeightRanges { get; set; }

    /// <summary>Weights, biases and affine parameters in the order the graph uses them.</summary>
    public IReadOnlyList<NetworkParameter> Parameters => _constants.Parameters;

    /// <summary>Running statistics in the order the graph uses them.</summary>
    public IReadOnlyList<NetworkParameter> Buffers => _constants.Buffers;

    /// <summary>
    /// Pictures of a pass where the graph ties them down: it was written for so many, and its nodes do not keep more of them apart. Null
    /// where a pass takes any number. Found out by a pass when first asked for.
    /// </summary>
    public long? PassLimit => _passLimit.Value;

    /// <summary>The ranges that are simulated, in the order of the graph's quantizers.</summary>
    public IReadOnlyList<NetworkQuantizer> Quantizers { get; }

    /// <summary>
    /// Runs a batch through a network with one input. Where <see cref="PassLimit"/> ties the graph down, a larger batch takes several
    /// passes, whose values are joined along their first axis.
    /// </summary>
    /// <param name="input">[N,C,H,W], on the network's device; N may differ from the batch size the graph was written for.</param>
    /// <param name="wanted">Names of the values to return; the graph's outputs by default.</param>
    /// <returns>The wanted values, owned by the caller (or the caller's dispose scope).</returns>
    /// <exception cref="TorchExecutionException">A node cannot be run on these inputs, or a wanted value does not exist.</exception>
    public IReadOnlyDictionary<string, Tensor> Forward(Tensor input, IReadOnlyCollection<string>? wanted = null)
    {
        if (Inputs is not [var name])
        {
            throw new TorchExecutionException($"Graph '{Graph.Name}' has inputs {string.Join(", ", Inputs)}: name a tensor for each.");
        }

        using var scope = NewDisposeScope();
        var parts = DeclaredBatch < input.shape[0] && PassLimit is { } limit ? input.split(limit) : [input];
        var passes = parts.Select(part => Forward(new Dictionary<string, Tensor> { [name] = part }, wanted)).ToArray();
        return passes[0].ToDictionary(
            value => value.Key,
            value => (passes.Length == 1 ? value.Value : cat([.. passes.Select(pass => pass[value.Key])])).MoveToOuterDisposeScope(),
            StringComparer.Ordinal);
    }

    /// <summary>Runs all inputs through the network in one pass. Values are freed as soon as their last reader ran.</summary>
    /// <param name="inputs">A tensor for every input of the graph.</param>
    /// <param name="wanted">Names of the values to return; the graph's outputs by default.</param>
    /// <returns>The wanted values, owned by the caller (or the caller's dispose scope).</returns>
    /// <exception cref="TorchExecutionException">A node cannot be run on these inputs, or a wanted value does not exist.</exception>
    public IReadOnlyDictionary<string, Tensor> Forward(
        IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyCollection<string>? wanted = null)
    {
        using var gradients = IsTraining ? null : no_grad();
        var plan = PlanFor(wanted);
        using var run = Begin(plan, inputs, Mode);
        foreach (var step in plan.Steps)
        {
            run.Execute(step);
            run.Release(step);
        }

        return run.TakeWanted();
    }

    /// <summary>A copy of the graph with the parameters, running statistics and ranges as they are now.</summary>
    public Graph WriteBack()
    {
        var graph = Graph.Clone();
        foreach (var (name, value) in Parameters.Concat(Buffers))
        {
            graph.Initializers[name] = value.ToGraph();
        }

        var quantizers = graph.Quantizers.ToDictionary(quantizer => quantizer.Name, StringComparer.Ordinal);
        foreach (var range in Quantizers)
        {
            foreach (var member in range.Members)
            {
                quantizers[member.Name].Ranges = range.Ranges;
            }
        }

        TargetRegistry.Settle(graph);
        return graph;
    }

    /// <summary>Sets the ranges of all weight quantizers from the weights' largest magnitudes as they are now.</summary>
    public void RefreshWeightRanges()
    {
        foreach (var (quantizer, weight) in _weights)
        {
            quantizer.FollowWeight(_constants.Values[weight]);
        }
    }

    /// <summary>Makes every enabled per-tensor activation range trainable; weights keep theirs.</summary>
    public void LearnRanges()
    {
        foreach (var quantizer in Quantizers)
        {
            quantizer.LearnRange(Device);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _constants.Dispose();
        foreach (var quantizer in Quantizers)
        {
            quantizer.Dispose();
        }
    }

    internal ExecutionPlan PlanFor(IReadOnlyCollection<string>? wanted)
    {
        var names = wanted ?? [.. Graph.Outputs.Select(output => output.Name)];
        var key = string.Join('\n', names);
        if (!_plans.TryGetValue(key, out var plan))
        {
            _plans[key] = plan = ExecutionPlan.Create(Graph, names, _uses, _biases);
        }

        return plan;
    }

    /// <summary>A pass over the plan with inputs and constants bound.</summary>
    internal ExecutionRun Begin(ExecutionPlan plan, IReadOnlyDictionary<string, Tensor> inputs, ExecutionMode mode)
    {
        if (mode == ExecutionMode.FakeQuantize && RefreshesWeightRanges)
        {
            RefreshWeightRanges();
        }

        if (mode == ExecutionMode.FakeQuantize)
        {
            MakeBiasRoom();
        }

        var context = ContextOf(inputs);
        var run = new ExecutionRun(plan, context, mode, Observer);
        foreach (var (name, value) in _constants.Values)
        {
            run.Bind(name, value);
        }

        foreach (var name in Inputs)
        {
            run.Bind(
                name,
                inputs.GetValueOrDefault(name) ?? throw new TorchExecutionException(
                    $"Graph '{Graph.Name}': no tensor for input '{name}'."));
        }

        return run;
    }

    private void MakeBiasRoom()
    {
        foreach (var (quantizer, _) in _weights)
        {
            quantizer.Widened = null;
        }

        foreach (var bias in _biases.Values)
        {
            bias.MakeRoom();
        }
    }

    // The batch size is that of the first input; shape constants of the graph were made for the size declared there.
    private long? DeclaredBatch =>
        Inputs.Count > 0 && Graph.FindValue(Inputs[0])?.Shape is [{ Value: var size }, ..] ? size : null;

    private OperatorContext ContextOf(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var isBatched = Inputs.Count > 0 && inputs.TryGetValue(Inputs[0], out var first) && first.dim() > 0;
        return new OperatorContext(
            Graph,
            Device,
            IsTraining && UsesBatchStatistics,
            BatchNormMomentum,
            isBatched ? DeclaredBatch : null,
            isBatched ? inputs[Inputs[0]].shape[0] : 1,
            SharesBatchStatistics ? Ranks : SingleCollective.Instance);
    }

    private IEnumerable<(NetworkQuantizer Quantizer, string Weight)> WeightsOf(Graph graph)
    {
        var nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        foreach (var quantizer in Quantizers.Where(quantizer => quantizer.IsWeight))
        {
            var use = quantizer.Members[0].Uses[0];
            if (nodes.TryGetValue(use.Node, out var node) && node.Input(use.Input) is { } weight && _constants.Values.ContainsKey(weight))
            {
                yield return (quantizer, weight);
            }
        }
    }
}
