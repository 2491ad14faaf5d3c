namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>One node during analysis: what is known of its inputs, and what its rule finds out about its outputs.</summary>
internal sealed class NodeContext(Node node, int opset, IValueFacts facts)
{
    private readonly ValueInfo?[] _outputs = new ValueInfo?[node.Outputs.Count];

    public Node Node => node;

    public int Opset => opset;

    public IReadOnlyList<ValueInfo?> Outputs => _outputs;

    public bool Has(int input) => node.Input(input) is not null;

    public ElementType Type(int input) =>
        node.Input(input) is { } name ? facts.Find(name)?.Type ?? ElementType.Undefined : ElementType.Undefined;

    public IReadOnlyList<Dimension>? Shape(int input) => node.Input(input) is { } name ? facts.Find(name)?.Shape : null;

    public Tensor? Constant(int input) => node.Input(input) is { } name ? facts.Constants.GetValueOrDefault(name) : null;

    /// <summary>The contents of a small integer input, possibly with unknown elements; null where nothing is known.</summary>
    public IReadOnlyList<Dimension>? Integers(int input) => node.Input(input) is { } name ? facts.IntegersOf(name) : null;

    /// <summary>The contents of an integer input, or null where an element is unknown.</summary>
    public long[]? KnownIntegers(int input) => Dimensions.Known(Integers(input));

    /// <summary>Integers that were an attribute up to an opset and are an input since: null where absent or not constant.</summary>
    public long[]? AttributeOrInput(string attribute, int input) => node.Ints(attribute)?.ToArray() ?? KnownIntegers(input);

    /// <summary>An integer list attribute of exactly <paramref name="count"/> elements; the default where it is absent.</summary>
    /// <exception cref="GraphException">The list has another length.</exception>
    public IReadOnlyList<long> Ints(string attribute, int count, long defaultValue) => node.Ints(attribute) switch
    {
        null or [] => Enumerable.Repeat(defaultValue, count).ToArray(),
        var values when values.Count == count => values,
        var values => throw new GraphException($"Attribute '{attribute}' has {values.Count} elements instead of {count}."),
    };

    /// <summary>A possibly negative axis as an index.</summary>
    /// <exception cref="GraphException">The axis lies outside the rank.</exception>
    public static int Axis(long axis, int rank)
    {
        var index = axis < 0 ? axis + rank : axis;
        return index >= 0 && index < rank ? (int)index : throw new GraphException($"Axis {axis} lies outside rank {rank}.");
    }

    public void Set(int output, ElementType type, IReadOnlyList<Dimension>? shape)
    {
        if (output < _outputs.Length && node.Outputs[output].Length > 0)
        {
            _outputs[output] = shape is null || shape.All(dimension => dimension.Value is null or >= 0)
                ? new ValueInfo(node.Outputs[output], type, shape)
                : throw new GraphException($"Its output would have shape [{string.Join(", ", shape)}].");
        }
    }
}
