using QatPipeline.Torch.FakeQuantization;
using QatPipeline.Torch.Operators;

namespace QatPipeline.Torch.Execution;

/// <summary>An input of a step: the slot of the value and, where a quantizer is applied, the slot of its quantized copy.</summary>
/// <param name="Slot">Slot of the float value; −1 for an absent optional input.</param>
/// <param name="QuantizedSlot">Slot of the fake-quantized value; −1 without a quantizer.</param>
/// <param name="Quantizer">The range that is applied.</param>
/// <param name="Source">The graph's quantizer at this use.</param>
/// <param name="Bias">Rounds the value where it is the bias of a layer on integers.</param>
internal sealed record StepInput(
    int Slot, int QuantizedSlot = -1, NetworkQuantizer? Quantizer = null, Quantizer? Source = null, NetworkBias? Bias = null);

/// <summary>One node to run, and the slots nobody needs after it.</summary>
internal sealed record ExecutionStep(Node Node, Func<OperatorCall, Tensor[]> Operator, StepInput[] Inputs, int[] Outputs, int[] Expired);

/// <summary>The nodes that the wanted values need, in order, over numbered slots.</summary>
internal sealed class ExecutionPlan
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    private ExecutionPlan(IReadOnlyCollection<string> wanted) => Wanted = [.. wanted];

    public IReadOnlyList<string> Wanted { get; }

    public IReadOnlyList<ExecutionStep> Steps { get; private set; } = [];

    public int SlotCount { get; private set; }

    /// <exception cref="TorchExecutionException">A wanted value does not exist, or an operator is unknown.</exception>
    public static ExecutionPlan Create(
        Graph graph,
        IReadOnlyCollection<string> wanted,
        IReadOnlyDictionary<QuantizerUse, (NetworkQuantizer Range, Quantizer Source)> uses,
        IReadOnlyDictionary<QuantizerUse, NetworkBias> biases)
    {
        var plan = new ExecutionPlan(wanted);
        var nodes = NeededNodes(graph, wanted);
        var quantized = new Dictionary<(int Slot, NetworkQuantizer Range), int>();
        var steps = new List<(Node Node, StepInput[] Inputs, int[] Outputs)>();
        foreach (var node in nodes)
        {
            var inputs = new StepInput[node.Inputs.Count];
            for (var index = 0; index < inputs.Length; index++)
            {
                inputs[index] = plan.InputOf(node, index, uses, quantized) with { Bias = biases.GetValueOrDefault(new(node.Name, index)) };
            }

            steps.Add((node, inputs, [.. node.Outputs.Select(output => output.Length == 0 ? -1 : plan.SlotOf(output))]));
        }

        foreach (var name in wanted)
        {
            plan.SlotOf(name);
        }

        plan.Steps = plan.WithLifetimes(steps);
        return plan;
    }

    /// <summary>The slot of a value, or −1 where this plan does not touch it.</summary>
    public int FindSlot(string value) => _slots.GetValueOrDefault(value, -1);

    private static List<Node> NeededNodes(Graph graph, IReadOnlyCollection<string> wanted)
    {
        var needed = new HashSet<string>(wanted, StringComparer.Ordinal);
        var known = new HashSet<string>(graph.Initializers.Keys.Concat(graph.Inputs.Select(input => input.Name)), StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (var node in Enumerable.Reverse(graph.Nodes))
        {
            known.UnionWith(node.Outputs);
            if (node.Outputs.Exists(needed.Contains))
            {
                nodes.Add(node);
                needed.UnionWith(node.Inputs);
            }
        }

        if (wanted.FirstOrDefault(name => !known.Contains(name)) is { } missing)
        {
            throw new TorchExecutionException($"Graph '{graph.Name}' has no value '{missing}'; name an output of one of its nodes.");
        }

        nodes.Reverse();
        return nodes;
    }

    private StepInput InputOf(
        Node node,
        int index,
        IReadOnlyDictionary<QuantizerUse, (NetworkQuantizer Range, Quantizer Source)> uses,
        Dictionary<(int Slot, NetworkQuantizer Range), int> quantized)
    {
        if (node.Input(index) is not { } value)
        {
            return new StepInput(-1);
        }

        var slot = SlotOf(value);
        if (!uses.TryGetValue(new QuantizerUse(node.Name, index), out var use))
        {
            return new StepInput(slot);
        }

        // A tensor with several consumers is quantized once.
        if (!quantized.TryGetValue((slot, use.Range), out var quantizedSlot))
        {
            quantized[(slot, use.Range)] = quantizedSlot = SlotCount++;
        }

        return new StepInput(slot, quantizedSlot, use.Range, use.Source);
    }

    private int SlotOf(string value)
    {
        if (!_slots.TryGetValue(value, out var slot))
        {
            _slots[value] = slot = SlotCount++;
        }

        return slot;
    }

    private ExecutionStep[] WithLifetimes(List<(Node Node, StepInput[] Inputs, int[] Outputs)> steps)
    {
        var kept = Wanted.Select(FindSlot).ToHashSet();
        var seen = new HashSet<int>(kept) { -1 };
        var result = new ExecutionStep[steps.Count];
        for (var index = steps.Count - 1; index >= 0; index--)
        {
            var (node, inputs, outputs) = steps[index];
            int[] expired = [.. inputs.SelectMany(input => new[] { input.Slot, input.QuantizedSlot }).Concat(outputs).Where(seen.Add)];
            result[index] = new ExecutionStep(node, OperatorRegistry.Find(node), inputs, outputs, expired);
        }

        return result;
    }
}
