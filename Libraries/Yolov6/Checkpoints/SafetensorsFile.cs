using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QatPipeline.Foundation;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>
/// Reads and writes state dictionaries in the safetensors format: a length, a JSON header, then the raw little-endian tensors.
/// </summary>
public static class SafetensorsFile
{
    private const int LongestHeader = 100_000_000;
    private const string MetadataKey = "__metadata__";

    /// <exception cref="CheckpointException">The file is damaged or of another kind.</exception>
    public static StateDict Read(string path) => Read(path, out _);

    /// <param name="path">The file.</param>
    /// <param name="metadata">The texts stored beside the tensors.</param>
    /// <exception cref="CheckpointException">The file is damaged or of another kind.</exception>
    public static StateDict Read(string path, out IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path, out metadata);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be opened: {error.Message}", error);
        }
    }

    /// <param name="stream">Can seek; at the start of the content.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="metadata">The texts stored beside the tensors.</param>
    /// <exception cref="CheckpointException">The content is damaged or of another kind.</exception>
    public static StateDict Read(Stream stream, string name, out IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return ReadTensors(stream, name, out metadata);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // A JSON error's own message quotes the content.
            throw Broken(name, $"its header is not understood ({(error is JsonException ? "it is not JSON" : error.Message)})", error);
        }
        catch (Exception error) when (error is EndOfStreamException or OverflowException or ArgumentOutOfRangeException)
        {
            throw Broken(name, error.Message, error);
        }
    }

    /// <summary>
    /// Writes the entries in their order as float32; the same content gives the same bytes. The file appears whole or not at all.
    /// </summary>
    public static void Write(string path, StateDict state, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, file => Write(file, state, metadata));

    /// <summary>Writes the entries in their order as float32; the same content gives the same bytes.</summary>
    public static void Write(Stream stream, StateDict state, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = new JsonObject();
        if (metadata is { Count: > 0 })
        {
            var texts = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal);
            header[MetadataKey] = JsonSerializer.SerializeToNode(texts);
        }

        var offset = 0L;
        foreach (var (name, tensor) in state)
        {
            if (StateTensor.CountOf(tensor.Shape) != tensor.Data.Length)
            {
                throw new ArgumentException($"Tensor {name} {tensor.ShapeText} holds {tensor.Data.Length} elements.");
            }

            var end = offset + (4L * tensor.Data.Length);
            long[] place = [offset, end];
            header[name] = JsonSerializer.SerializeToNode(new { dtype = "F32", shape = tensor.Shape, data_offsets = place });
            offset = end;
        }

        // Readers map the tensors: they want them aligned to 8 bytes, and the header may end in spaces.
        var text = header.ToJsonString();
        var padding = -Encoding.UTF8.GetByteCount(text) & 7;
        var bytes = Encoding.UTF8.GetBytes(text + new string(' ', padding));
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, bytes.Length);
        stream.Write(prefix);
        stream.Write(bytes);
        foreach (var (_, tensor) in state)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Data.AsSpan()));
        }
    }

    private static StateDict ReadTensors(Stream file, string path, out IReadOnlyDictionary<string, string> metadata)
    {
        Span<byte> prefix = stackalloc byte[8];
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader || length > file.Length - 8)
        {
            throw Broken(path, $"its header of {length} bytes does not fit a file of {file.Length}");
        }

        var header = new byte[length];
        file.ReadExactly(header);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var state = new StateDict();
        using var json = JsonDocument.Parse(header);
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == MetadataKey)
            {
                foreach (var text in entry.Value.EnumerateObject())
                {
                    texts[text.Name] = text.Value.GetString() ?? "";
                }

                continue;
            }

            state[entry.Name] = ReadTensor(file, path, entry, 8 + length);
        }

        metadata = texts;
        return state;
    }

    private static StateTensor ReadTensor(Stream file, string path, JsonProperty entry, long data)
    {
        var kind = entry.Value.GetProperty("dtype").GetString() ?? "";
        var type = StorageTypes.FromSafetensors(kind) ?? throw Broken(path, $"tensor {entry.Name} has the unknown type {kind}");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())];
        var offsets = entry.Value.GetProperty("data_offsets");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        var bytes = checked((long)StateTensor.CountOf(shape) * StorageTypes.SizeOf(type));
        if (begin < 0 || end - begin != bytes || end > file.Length - data)
        {
            throw Broken(
                path, $"tensor {entry.Name} [{string.Join(",", shape)}] of {bytes} bytes lies at {begin}..{end} of {file.Length - data}");
        }

        var content = new byte[checked((int)bytes)];
        file.Position = data + begin;
        file.ReadExactly(content);
        return new StateTensor(type, shape, StorageTypes.ToFloats(content, type));
    }

    private static CheckpointException Broken(string path, string what, Exception? inner = null) =>
        new($"{path} is not a readable safetensors file: {what}. Fetch or write it again.", inner!);
}
