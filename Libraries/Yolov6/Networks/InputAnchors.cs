using static System.FormattableString;

namespace QatPipeline.Yolov6.Networks;

/// <summary>
/// The <see cref="AnchorPoints"/> of whatever size the input has, computed inside the graph from the levels' own sizes; to the bit those of
/// the constants.
/// </summary>
internal sealed class InputAnchors
{
    private readonly ModuleBuilder _builder;
    private readonly string _zero;
    private readonly string _one;
    private readonly string _half;
    private readonly string _nothing;
    private readonly string _column;
    private readonly string _row;

    public InputAnchors(ModuleBuilder builder)
    {
        _builder = builder;
        _zero = builder.Constant("anchors.zero", Tensor.FromLongs([], 0));
        _one = builder.Constant("anchors.one", Tensor.FromLongs([], 1));
        _half = builder.Constant("anchors.half", Tensor.FromFloats([1], 0.5f));
        _nothing = builder.Constant("anchors.nothing", Tensor.FromFloats([1], 0));
        _column = builder.Constant("anchors.column", Tensor.FromLongs([2], -1, 1));
        _row = builder.Constant("anchors.row", Tensor.FromLongs([2], 1, -1));
    }

    /// <summary>Adds the values [A,2] of points and [A,1] of strides, in pixels.</summary>
    /// <param name="levels">A value [B,C,H,W] of each level.</param>
    public (string Points, string Strides) Build(IReadOnlyList<string> levels)
    {
        List<string> points = [], strides = [];
        foreach (var (level, value) in levels.Index())
        {
            var name = Invariant($"anchors.{level}");
            var stride = _builder.Constant($"{name}.stride", Tensor.FromFloats([1], Yolov6Outputs.Strides[level]));
            var shape = Add($"{name}.shape", ElementType.Int64, "Shape", [value]);
            var rows = Positions($"{name}.y", shape, axis: 2, stride, _column);
            var columns = Positions($"{name}.x", shape, axis: 3, stride, _row);
            var x = Spread($"{name}.x", columns, rows);
            var y = Spread($"{name}.y", rows, columns);
            points.Add(Float($"{name}.points", "Concat", [x, y], ("axis", 1L)));
            strides.Add(Float($"{name}.strides", "Add", [Float($"{name}.none", "Mul", [x, _nothing]), stride]));
        }

        return (Float("anchors.points", "Concat", points, ("axis", 0L)), Float("anchors.strides", "Concat", strides, ("axis", 0L)));
    }

    // (i + 0.5)·stride for every cell of an axis.
    private string Positions(string name, string shape, int axis, string stride, string form)
    {
        var index = _builder.Constant($"{name}.axis", Tensor.FromLongs([], axis));
        var size = Add($"{name}.size", ElementType.Int64, "Gather", [shape, index], ("axis", 0L));
        var cells = Add($"{name}.cells", ElementType.Int64, "Range", [_zero, size, _one]);
        var numbers = Float($"{name}.numbers", "Cast", [cells], ("to", (long)ElementType.Float));
        var centres = Float($"{name}.pixels", "Mul", [Float($"{name}.centres", "Add", [numbers, _half]), stride]);
        return Float($"{name}.positions", "Reshape", [centres, form]);
    }

    // The positions of one axis at every cell, rows before columns.
    private string Spread(string name, string positions, string other)
    {
        var every = Float($"{name}.every", "Add", [positions, Float($"{name}.nothing", "Mul", [other, _nothing])]);
        return Float($"{name}.flat", "Reshape", [every, _column]);
    }

    private string Float(string name, string op, IEnumerable<string> inputs, params (string Name, AttributeValue Value)[] attributes) =>
        Add(name, ElementType.Float, op, inputs, attributes);

    private string Add(
        string name, ElementType type, string op, IEnumerable<string> inputs, params (string Name, AttributeValue Value)[] attributes) =>
        _builder.Node(name, op, inputs, new ValueInfo(name, type, null), attributes);
}
