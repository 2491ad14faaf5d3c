using System.Runtime.InteropServices;
using QatPipeline.Graphs.Inference.Evaluation;
using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Inference;

/// <summary>One walk over a graph that finds out types, shapes and constant contents of its values.</summary>
internal sealed class ValueAnalysis : IValueFacts
{
    private const long LargestShapeTensor = 256;

    private readonly Dictionary<string, ValueInfo> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Dimension>> _integers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _quantized;
    private readonly Graph _graph;
    private readonly long _largestConstant;

    /// <param name="graph">In topological order.</param>
    /// <param name="largestConstant">Constants of more elements are not computed.</param>
    public ValueAnalysis(Graph graph, long largestConstant)
    {
        _graph = graph;
        _largestConstant = largestConstant;
        _quantized = graph.QuantizedNodes();
        foreach (var input in graph.Inputs)
        {
            _values[input.Name] = input with { Shape = Dimensions.WithPlaceholders(input) };
        }

        foreach (var (name, tensor) in graph.Initializers)
        {
            SetConstant(name, tensor);
        }

        foreach (var node in graph.Nodes)
        {
            Visit(node);
        }
    }

    /// <summary>Contents by value name: initializers and everything that follows from constants alone.</summary>
    public Dictionary<string, Tensor> Constants { get; } = new(StringComparer.Ordinal);

    public ValueInfo? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The contents of a small integer value, possibly with unknown elements.</summary>
    public IReadOnlyList<Dimension>? IntegersOf(string name)
    {
        if (_integers.TryGetValue(name, out var integers))
        {
            return integers;
        }

        return Constants.TryGetValue(name, out var tensor)
            && tensor.Type is ElementType.Int64 or ElementType.Int32
            && tensor.Length <= LargestShapeTensor
            ? _integers[name] = [.. tensor.ToLongs().Select(Dimension.ToDimension)]
            : null;
    }

    private void Visit(Node node)
    {
        var context = new NodeContext(node, _graph.Opset, this);
        try
        {
            if (OperatorTable.ShapeRule(node) is { } rule)
            {
                rule(context);
            }

            RecordShapes(context);

            // A quantizer on an input changes what the node sees: its result does not follow from the constants.
            if (!_quantized.Contains(node.Name))
            {
                RecordContents(context);
            }
        }
        catch (Exception exception) when (exception is GraphException or OverflowException)
        {
            throw new GraphException($"Node {node}: {exception.Message}", exception);
        }
    }

    private void RecordShapes(NodeContext context)
    {
        for (var output = 0; output < context.Outputs.Count; output++)
        {
            var (name, inferred) = (context.Node.Outputs[output], context.Outputs[output]);
            var declared = name.Length > 0 ? _graph.FindValue(name) : null;
            if ((inferred ?? declared) is { } value)
            {
                _values[name] = value with
                {
                    Type = value.Type == ElementType.Undefined ? declared?.Type ?? ElementType.Undefined : value.Type,
                    Shape = Dimensions.Merge(inferred?.Shape, declared?.Shape),
                };
            }
        }
    }

    private void RecordContents(NodeContext context)
    {
        var outputs = context.Node.Outputs;
        if (IntegerRules.Evaluate(context) is { } integers)
        {
            _integers[outputs[0]] = integers;
            if (Dimensions.Known(integers) is { } known && Find(outputs[0]) is { StaticShape: { } shape } value)
            {
                SetConstant(outputs[0], ToTensor(value.Type, shape, known));
            }
        }
        else if (ConstantEvaluator.Evaluate(context, _largestConstant) is { } tensors)
        {
            for (var output = 0; output < tensors.Length; output++)
            {
                SetConstant(outputs[output], tensors[output]);
            }
        }
    }

    private static Tensor ToTensor(ElementType type, long[] shape, long[] values) => type == ElementType.Int32
        ? new Tensor(type, shape, MemoryMarshal.AsBytes(Array.ConvertAll(values, value => unchecked((int)value)).AsSpan()).ToArray())
        : Tensor.FromLongs(shape, values);

    private void SetConstant(string name, Tensor tensor)
    {
        Constants[name] = tensor;
        _values[name] = new ValueInfo(name, tensor.Type, [.. tensor.Dimensions.Select(Dimension.ToDimension)]);
    }
}
