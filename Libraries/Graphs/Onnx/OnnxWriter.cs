using Google.Protobuf;
using QatPipeline.Foundation;

namespace QatPipeline.Graphs.Onnx;

/// <summary>
/// Writes a graph as an ONNX model. The same graph always gives the same bytes. Quantizers are kept in metadata only: whatever reads
/// the file sees an ordinary float model.
/// </summary>
public static class OnnxWriter
{
    // Protobuf messages end at 2 GiB; half of it leaves room for everything that is not a tensor.
    private const long LargestEmbeddedData = 1L << 30;

    /// <summary>Writes a file; tensors go to <c>FILE.data</c> beside it when asked to, or when they exceed 1 GiB together.</summary>
    /// <exception cref="GraphException">The graph is not well-formed, or the file cannot be written.</exception>
    public static void Write(Graph graph, string path, bool externalData = false)
    {
        try
        {
            var useExternal = externalData || graph.Initializers.Values.Sum(tensor => (long)tensor.Bytes.Length) > LargestEmbeddedData;
            using var external = useExternal ? new ExternalDataFile(path + ".data") : null;
            var bytes = ToProto(graph, external).ToByteArray();
            AtomicFile.WriteBeside(path, temporary =>
            {
                File.WriteAllBytes(temporary, bytes);
                external?.Commit();
            });
        }
        catch (Exception exception) when (exception is GraphException or IOException or UnauthorizedAccessException)
        {
            throw new GraphException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>The model as bytes, all tensors embedded.</summary>
    /// <exception cref="GraphException">The graph is not well-formed.</exception>
    public static byte[] WriteBytes(Graph graph) => ToProto(graph, external: null).ToByteArray();

    private static Onnx.ModelProto ToProto(Graph graph, ExternalDataFile? external)
    {
        var ordered = graph.Clone();
        GraphOrder.Sort(ordered);
        return new ModelBuilder(external).ToProto(ordered);
    }
}
