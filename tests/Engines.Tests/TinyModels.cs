using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Engines.Tests;

/// <summary>Small ONNX models: three 3×3 convolutions with ReLU, weights from a fixed seed.</summary>
internal static class TinyModels
{
    public const int Size = 16;
    public const int Channels = 8;

    /// <summary>Writes the float model; <paramref name="batch"/> null leaves the batch open.</summary>
    public static string WriteFloat(string path, int? batch) => Write(path, batch, quantized: false);

    /// <summary>Writes the model with Q/DQ pairs that the CPU runtime fuses to integer operators.</summary>
    public static string WriteQuantized(string path, int? batch) => Write(path, batch, quantized: true);

    /// <summary>A batch of images from a seed, in 0…1.</summary>
    public static float[] Images(int batch, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, batch * 3 * Size * Size).Select(_ => random.NextSingle())];
    }

    private static string Write(string path, int? batch, bool quantized)
    {
        var graph = new Graph("tiny", 13);
        var open = batch is { } size ? (Dimension)size : Dimension.Named("N");
        graph.Inputs.Add(new ValueInfo("images", ElementType.Float, [open, 3, Size, Size]));
        graph.Outputs.Add(new ValueInfo("features", ElementType.Float, [open, Channels, Size, Size]));
        graph.Outputs.Add(new ValueInfo("middle", ElementType.Float, [open, Channels, Size, Size]));
        var random = new Random(1);
        var value = quantized ? Pair(graph, "images", ElementType.UInt8, 1f / 255) : "images";
        foreach (var (layer, channels) in new[] { (0, 3), (1, Channels), (2, Channels) })
        {
            var weights = Enumerable.Range(0, Channels * channels * 9).Select(_ => (random.NextSingle() - 0.5f) / channels).ToArray();
            graph.Initializers.Add($"w{layer}", Tensor.FromFloats([Channels, channels, 3, 3], weights));
            graph.Initializers.Add($"b{layer}", Tensor.FromFloats([Channels], new float[Channels]));
            var weight = quantized ? Pair(graph, $"w{layer}", ElementType.Int8, 0.5f / channels / 127) : $"w{layer}";
            graph.Nodes.Add(new Node($"conv{layer}", "Conv", [value, weight, $"b{layer}"], [$"c{layer}"])
            {
                Attributes = { ["pads"] = new long[] { 1, 1, 1, 1 }, ["kernel_shape"] = new long[] { 3, 3 } },
            });
            var rectified = layer switch { 1 => "middle", 2 => "features", _ => $"r{layer}" };
            graph.Nodes.Add(new Node($"relu{layer}", "Relu", [$"c{layer}"], [quantized ? $"r{layer}_raw" : rectified]));
            value = quantized ? Pair(graph, $"r{layer}_raw", ElementType.UInt8, 2f / 255, rectified) : rectified;
        }

        OnnxWriter.Write(graph, path);
        return path;
    }

    private static string Pair(Graph graph, string value, ElementType type, float scale, string? result = null)
    {
        graph.Initializers.Add($"{value}_scale", Tensor.Scalar(scale));
        graph.Initializers.Add($"{value}_zero", type == ElementType.Int8 ? Tensor.Scalar((sbyte)0) : Tensor.Scalar((byte)0));
        graph.Nodes.Add(new Node($"{value}_q", "QuantizeLinear", [value, $"{value}_scale", $"{value}_zero"], [$"{value}_codes"]));
        result ??= $"{value}_dq";
        graph.Nodes.Add(new Node($"{result}_dqn", "DequantizeLinear", [$"{value}_codes", $"{value}_scale", $"{value}_zero"], [result]));
        return result;
    }
}
