using System.Text.Json;
using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Targets.OrtCpu;

namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>A tensor that an archive takes or gives.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Its dimensions, batch first; −1 where the graph leaves one open.</param>
public sealed record ArchiveTensor(string Name, IReadOnlyList<int> Shape);

/// <summary>What an archive takes and gives.</summary>
/// <param name="Input">The images, [N, C, H, W].</param>
/// <param name="Outputs">In the order in which the module returns them.</param>
public sealed record ArchiveSignature(ArchiveTensor Input, IReadOnlyList<ArchiveTensor> Outputs);

/// <summary>
/// A quantized network as a TorchScript archive on LibTorch's quantized operators: the model that ONNX Runtime gets, computed by
/// integer kernels of another hand.
/// </summary>
public static class TorchInt8Archive
{
    /// <summary>Writes the archive.</summary>
    /// <param name="model">
    /// With Q/DQ nodes in the form for ort-cpu, or with calibrated quantizers, which are written in that form first; not changed.
    /// </param>
    /// <param name="path">The file.</param>
    /// <exception cref="GraphException">The graph has several inputs or an operator without counterpart; the message names it.</exception>
    public static void Write(Graph model, string path)
    {
        var graph = model.Quantizers.Count > 0 ? new OrtCpuTarget().Build(model, OrtCpuForm.Name).Graph : model.Clone();
        ShapeInference.Apply(graph);
        if (graph.Inputs.Where(input => !graph.Initializers.ContainsKey(input.Name)).ToArray() is not [var images])
        {
            throw new GraphException($"Graph '{graph.Name}' takes several inputs: an engine here has one, the images.");
        }

        var signature = new ArchiveSignature(Describe(images), [.. graph.Outputs.Select(Describe)]);
        var module = ScriptCompiler.Compile(graph, images.Name);
        using var stream = File.Create(path);
        ScriptArchive.Write(stream, module, JsonSerializer.SerializeToUtf8Bytes(signature));
    }

    /// <summary>Reads back what an archive takes and gives; null where the file is not one that was written here.</summary>
    public static ArchiveSignature? ReadSignature(string path) =>
        ScriptArchive.ReadSignature(path) is { } json ? JsonSerializer.Deserialize<ArchiveSignature>(json) : null;

    private static ArchiveTensor Describe(ValueInfo value) =>
        new(value.Name, [.. (value.Shape ?? []).Select(dimension => (int)(dimension.Value ?? -1))]);
}
