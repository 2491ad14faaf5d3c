namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>The global names that may occur in a checkpoint: those that stand for data. Every other one is refused.</summary>
internal static class PickleWhitelist
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "collections.OrderedDict",
        "collections.defaultdict",
        "builtins.set", "__builtin__.set",
        "builtins.bytearray", "__builtin__.bytearray",
        "_codecs.encode",
        "copyreg._reconstructor", "copy_reg._reconstructor",
        "builtins.object", "__builtin__.object",
        "torch.Size", "torch.device",
        "torch.float16", "torch.bfloat16", "torch.float32", "torch.float64", "torch.int64", "torch.int32", "torch.int8", "torch.uint8",
        "torch.FloatStorage", "torch.HalfStorage", "torch.BFloat16Storage", "torch.DoubleStorage", "torch.LongStorage", "torch.IntStorage",
        "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage", "torch.BoolStorage",
        "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter",
        "torch.nn.parameter.Parameter",
        "numpy.dtype", "numpy.ndarray",
        "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    };

    // Packages whose classes are network modules: their instances are read as trees of parameters.
    private static readonly string[] ModulePackages =
    [
        "torch.nn.modules.", "yolov6.layers.", "yolov6.models.", "pytorch_quantization.nn.modules.", "pytorch_quantization.calib.",
        "pytorch_quantization.tensor_quant.",
    ];

    public static bool Accepts(PickleGlobal global) =>
        Names.Contains(global.ToString()) || (IsClassName(global.Name) && ModulePackages.Any($"{global.Module}.".StartsWith));

    // Classes begin with a capital; a dotted name would reach through a module's own imports.
    private static bool IsClassName(string name) =>
        name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
