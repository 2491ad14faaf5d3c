using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Graphs.Targets.OrtCpu;

/// <summary>
/// What ONNX Runtime's optimizer does to a Q/DQ graph before it looks for integer kernels, applied to a copy: equal pairs are merged, a
/// Relu or Clip that the following QuantizeLinear makes redundant goes, every reader gets its own DequantizeLinear, and pairs spread
/// over operators that only move values.
/// </summary>
internal sealed class OrtCpuRewrites
{
    /// <summary>Links as they were before rewriting: scales and zero points are found through them, for they stay where they are.</summary>
    private readonly GraphLinks _constants;

    private readonly HashSet<string> _absorbed = new(StringComparer.Ordinal);
    private int _inserted;

    public OrtCpuRewrites(Graph graph)
    {
        Graph = graph.Clone();
        new RemoveIdentity().Apply(Graph);
        _constants = Graph.Link();
        MergeEqualQuantizers();
        RemoveRedundantClamps();
        SplitDequantizers();
        SpreadForward();
        SpreadBackward();
    }

    /// <summary>The rewritten copy.</summary>
    public Graph Graph { get; }

    /// <summary>Names of the clamps that are gone.</summary>
    public IReadOnlySet<string> Absorbed => _absorbed;

    private static bool Propagates(Node node) =>
        node.Domain.Length == 0 && node.OpType is "MaxPool" or "Reshape" or "Transpose" or "Squeeze" or "Unsqueeze" or "Slice";

    /// <summary>Common subexpressions: the runtime shares equal scales, but not equal zero points of different names.</summary>
    private void MergeEqualQuantizers()
    {
        var firsts = new Dictionary<(string Value, string? ZeroPoint, QuantizeParameters Parameters), Node>();
        foreach (var node in Graph.Nodes.FindAll(node => node.Is("QuantizeLinear")))
        {
            if (QuantizeParameters.Of(Graph, _constants, node) is { } parameters
                && !firsts.TryAdd((node.Inputs[0], node.Input(2), parameters), node))
            {
                Graph.Nodes.Remove(node);
                Graph.Rewire(node.Outputs[0], firsts[(node.Inputs[0], node.Input(2), parameters)].Outputs[0]);
            }
        }
    }

    private void RemoveRedundantClamps()
    {
        var links = Graph.Link();
        foreach (var clamp in Graph.Nodes.FindAll(node => node.Is("Relu") || node.Is("Clip")))
        {
            if (links.SoleConsumerOf(clamp.Outputs[0]) is { } quantize && quantize.Is("QuantizeLinear") && IsRedundant(clamp, quantize))
            {
                quantize.Inputs[0] = clamp.Inputs[0];
                Graph.Nodes.Remove(clamp);
                _absorbed.Add(clamp.Name);
            }
        }
    }

    /// <summary>Saturating to the codes' ends already clamps at least as much.</summary>
    private bool IsRedundant(Node clamp, Node quantize)
    {
        if (QuantizeParameters.Of(Graph, _constants, quantize) is not { Axis: null } parameters
            || parameters.CodeLimits is not var (lowest, highest))
        {
            return false;
        }

        if (clamp.Is("Relu"))
        {
            return parameters.ZeroPoints[0] == lowest;
        }

        return OperatorRoles.ClipBounds(Graph, clamp) is var (low, high)
            && Math.Round(low / parameters.Scales[0]) + parameters.ZeroPoints[0] <= lowest
            && Math.Round(high / parameters.Scales[0]) + parameters.ZeroPoints[0] >= highest;
    }

    private void SplitDequantizers()
    {
        var links = Graph.Link();
        foreach (var node in Graph.Nodes.FindAll(node => node.Is("DequantizeLinear")))
        {
            foreach (var (reader, input) in links.ConsumersOf(node.Outputs[0]).Skip(links.IsGraphOutput(node.Outputs[0]) ? 0 : 1))
            {
                reader.Inputs[input] = Insert(node, node.Inputs[0], Graph.Nodes.IndexOf(node) + 1);
            }
        }
    }

    /// <summary>DQ → move      becomes      DQ → move → Q → DQ.</summary>
    private void SpreadForward()
    {
        var links = Graph.Link();
        var pending = new Queue<Node>(Graph.Nodes.Where(node => node.Is("DequantizeLinear")));
        while (pending.TryDequeue(out var dequantize))
        {
            if (!HasScalarParameters(dequantize)
                || links.SoleConsumerOf(dequantize.Outputs[0]) is not { } move
                || !Propagates(move)
                || move.Inputs[0] != dequantize.Outputs[0]
                || links.IsGraphOutput(move.Outputs[0]))
            {
                continue;
            }

            var readers = links.ConsumersOf(move.Outputs[0]).Where(reader => !reader.Node.Is("QuantizeLinear")).ToArray();
            if (readers.Length == 0)
            {
                continue;
            }

            var quantized = InsertQuantizer(dequantize, move.Outputs[0], Graph.Nodes.IndexOf(move) + 1);
            foreach (var (reader, input) in readers)
            {
                var at = Graph.Nodes.IndexOf(move) + 2;
                reader.Inputs[input] = Insert(dequantize, quantized, at);
                pending.Enqueue(Graph.Nodes[at]);
            }

            links = Graph.Link();
        }
    }

    /// <summary>x → move → Q      becomes      x → Q → DQ → move → Q.</summary>
    private void SpreadBackward()
    {
        var links = Graph.Link();
        foreach (var quantize in Graph.Nodes.FindAll(node => node.Is("QuantizeLinear")))
        {
            var value = quantize.Inputs[0];
            while (HasScalarParameters(quantize)
                && links.SoleConsumerOf(value) is not null
                && links.ProducerOf(value) is { } move
                && Propagates(move)
                && links.ProducerOf(move.Inputs[0]) is not { OpType: "DequantizeLinear" }
                && links.SoleConsumerOf(move.Inputs[0]) is not null)
            {
                value = move.Inputs[0];
                var at = Graph.Nodes.IndexOf(move);
                move.Inputs[0] = Insert(quantize, InsertQuantizer(quantize, value, at), at + 1);
                links = Graph.Link();
            }
        }
    }

    private bool HasScalarParameters(Node node) => QuantizeParameters.Of(Graph, _constants, node) is { Axis: null };

    private string InsertQuantizer(Node like, string value, int at) =>
        Insert(new Node($"inserted_{_inserted++}", "QuantizeLinear", [value, .. like.Inputs[1..]], [$"inserted_value_{_inserted}"]), at);

    private string Insert(Node like, string value, int at) => Insert(
        new Node($"inserted_{_inserted++}", "DequantizeLinear", [value, .. like.Inputs[1..]], [$"inserted_value_{_inserted}"])
        {
            Attributes = new(like.Attributes, StringComparer.Ordinal),
        },
        at);

    private string Insert(Node node, int at)
    {
        Graph.Nodes.Insert(at, node);
        return node.Outputs[0];
    }
}
