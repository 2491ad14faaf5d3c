using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.TrtexecSupport;

/// <summary>
/// An engine: the model with its batch fixed and its arithmetic applied, marked with the version that built it, which alone loads it.
/// </summary>
internal static class EngineFile
{
    private const string VersionKey = "trtexec";

    public static void Build(Options options, string model)
    {
        var graph = Read(model);
        FixShape(graph, options);
        var isExplicit = graph.Nodes.Exists(node => node.Is("QuantizeLinear"));
        if (isExplicit && !options.HasInt8 && !options.IsStronglyTyped)
        {
            throw new StandInException("[TRT] Error Code 4: API Usage Error (Int8 precision has not been set but the network has Q/DQ layers)");
        }

        if (options is { HasInt8: true } && !isExplicit && options.Text("calib") is { } cache)
        {
            ImplicitQuantization.Apply(graph, cache, options.Version);
        }

        if (options.HasHalf)
        {
            RoundToHalf(graph);
        }

        graph.Metadata[VersionKey] = $"{options.Version}";
        OnnxWriter.Write(graph, options.Text("saveEngine") ?? throw new StandInException("--saveEngine is missing"));
    }

    public static IEngine Load(int version, string path)
    {
        var built = File.Exists(path) ? Read(path).Metadata.GetValueOrDefault(VersionKey) : throw new StandInException($"Could not open file {path}");
        return built == $"{version}"
            ? new OrtCpuBackend(new OrtCpuOptions { Threads = 1 }).Load(path)
            : throw new StandInException(
                $"[TRT] The engine plan file is not compatible with this version of TensorRT, expecting library version {version} got {built}");
    }

    private static Graph Read(string path)
    {
        try
        {
            return OnnxReader.Read(path);
        }
        catch (GraphException exception)
        {
            throw new StandInException($"Failed to parse onnx file: {exception.Message}");
        }
    }

    private static void FixShape(Graph graph, Options options)
    {
        var index = graph.Inputs.FindIndex(input => !graph.Initializers.ContainsKey(input.Name));
        var (input, wanted) = (graph.Inputs[index], options.Pair("shapes"));
        if (wanted is not null && input.StaticShape is not null)
        {
            throw new StandInException(
                "Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself");
        }

        if (wanted is { } named && named.Name != input.Name)
        {
            throw new StandInException($"Cannot find input tensor with name \"{named.Name}\" in the network!");
        }

        // Without --shapes every open dimension becomes 1.
        var dimensions = wanted?.Value.Split('x').Select(size => (Dimension)long.Parse(size, provider: null))
            ?? input.Shape!.Select(dimension => dimension.IsKnown ? dimension : 1);
        graph.Inputs[index] = input with { Shape = [.. dimensions] };
    }

    /// <summary>Weights that are not quantized lose what half precision cannot hold.</summary>
    private static void RoundToHalf(Graph graph)
    {
        var quantized = graph.Nodes.Where(node => node.OpType is "QuantizeLinear" or "DequantizeLinear")
            .SelectMany(node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, tensor) in graph.Initializers.ToArray())
        {
            if (tensor.Type == ElementType.Float && !quantized.Contains(name))
            {
                graph.Initializers[name] = Tensor.FromFloats(
                    tensor.Dimensions, Array.ConvertAll(tensor.ToFloats(), value => (float)(Half)value));
            }
        }
    }
}
