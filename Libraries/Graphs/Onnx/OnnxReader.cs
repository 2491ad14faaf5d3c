using Google.Protobuf;

namespace QatPipeline.Graphs.Onnx;

/// <summary>
/// Reads ONNX models of opsets 7 to 25. What the graph does not interpret (custom operators, subgraphs) is kept and written back by
/// <see cref="OnnxWriter"/>. Initializers that are also listed as inputs become plain constants, calls of the model's own functions
/// their bodies; nodes without a name, or with one that another has too, get one (<see cref="Graph.Remarks"/>).
/// </summary>
public static class OnnxReader
{
    /// <summary>The first standard operator set that is read: the one that brought today's broadcasting.</summary>
    public const int OldestOpset = 7;

    /// <summary>The last standard operator set that is read.</summary>
    public const int NewestOpset = 25;

    /// <summary>Reads a file, and the external data files beside it.</summary>
    /// <exception cref="GraphException">The file cannot be read or is not a well-formed model of a supported opset.</exception>
    public static Graph Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                throw new GraphException("No such file.");
            }

            if (new FileInfo(path).Length > Array.MaxLength)
            {
                throw new GraphException("Larger than 2 GiB: an ONNX file that large must keep its tensors as external data.");
            }

            return Parse(File.ReadAllBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)), path);
        }
        catch (Exception exception) when (exception is GraphException or IOException or UnauthorizedAccessException)
        {
            throw new GraphException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a model without external data from a stream.</summary>
    /// <param name="stream">Read to its end; not disposed.</param>
    /// <param name="name">Names the source in errors.</param>
    /// <exception cref="GraphException">The stream does not hold a well-formed model of a supported opset.</exception>
    public static Graph Read(Stream stream, string name)
    {
        try
        {
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            return Parse(buffer.ToArray(), folder: null, name);
        }
        catch (Exception exception) when (exception is GraphException or IOException)
        {
            throw new GraphException($"{name}: {exception.Message}", exception);
        }
    }

    // Parsing from memory, never from the stream: a length prefix then cannot ask for more than what is there.
    private static Graph Parse(byte[] bytes, string? folder, string name)
    {
        try
        {
            return new ModelConverter(new TensorConverter(folder))
                .ToGraph(ModelProto.Parser.ParseFrom(bytes), Path.GetFileNameWithoutExtension(name));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new GraphException($"Not an ONNX model, or a damaged one ({bytes.Length} bytes): {exception.Message}", exception);
        }
    }
}
