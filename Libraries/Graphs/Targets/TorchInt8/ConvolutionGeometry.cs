namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>Strides, pads, dilations and groups of a convolution over two axes as LibTorch takes them.</summary>
internal sealed class ConvolutionGeometry
{
    private readonly Node _node;
    private readonly long[] _strides;
    private readonly long[] _dilations;
    private readonly long[] _before;
    private readonly long[] _after;

    private ConvolutionGeometry(Node node)
    {
        _node = node;
        _strides = [.. node.Ints("strides") ?? [1, 1]];
        _dilations = [.. node.Ints("dilations") ?? [1, 1]];
        long[] pads = [.. node.Ints("pads") ?? [0, 0, 0, 0]];
        (_before, _after) = (pads[..2], pads[2..]);
    }

    private bool IsTransposed => _node.Is("ConvTranspose");

    private bool IsSymmetric => _before.AsSpan().SequenceEqual(_after);

    private string Common => $"{ScriptModule.Numbers(_strides)}, {ScriptModule.Numbers(IsSymmetric ? _before : [0, 0])}";

    /// <exception cref="GraphException">The node has other than two axes, or padding that LibTorch cannot be told.</exception>
    public static ConvolutionGeometry Of(Node node)
    {
        if (node.String("auto_pad", "NOTSET") is not ("NOTSET" or "VALID")
            || node.Ints("strides") is { Count: not 2 }
            || node.Ints("kernel_shape") is { Count: not 2 })
        {
            throw ScriptValues.Unsupported(node, "it is not a convolution over two axes with explicit padding");
        }

        var geometry = new ConvolutionGeometry(node);
        return geometry is { IsTransposed: true, IsSymmetric: false } || node.Ints("output_shape") is not null
            ? throw ScriptValues.Unsupported(node, "its padding differs from side to side")
            : geometry;
    }

    /// <summary>The arguments of packing, after weight and bias.</summary>
    public string Prepacked => IsTransposed
        ? $"{Common}, {OutputPadding}, {ScriptModule.Numbers(_dilations)}, {Groups}"
        : $"{Common}, {ScriptModule.Numbers(_dilations)}, {Groups}";

    /// <summary>The call on floats.</summary>
    public string Call(ScriptValues values, string input, string weight, string bias) => IsTransposed
        ? $"torch.conv_transpose2d({input}, {weight}, {bias}, {Common}, {OutputPadding}, {Groups}, {ScriptModule.Numbers(_dilations)})"
        : $"torch.conv2d({Padded(values, input)}, {weight}, {bias}, {Common}, {ScriptModule.Numbers(_dilations)}, {Groups})";

    /// <summary>The input with the padding that the operator cannot be told.</summary>
    public string Padded(ScriptValues values, string input) => IsSymmetric
        ? input
        : values.Module.Let($"torch.constant_pad_nd({input}, {ScriptModule.Numbers([_before[1], _after[1], _before[0], _after[0]])}, 0.0)");

    private string OutputPadding => ScriptModule.Numbers(_node.Ints("output_padding") ?? [0, 0]);

    private long Groups => _node.Int("group", 1);
}
