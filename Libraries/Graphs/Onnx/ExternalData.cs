using System.Globalization;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Reads tensors that lie in files beside the model.</summary>
internal static class ExternalData
{
    public static byte[] Read(TensorProto tensor, string? folder, long size, string place)
    {
        if (folder is null)
        {
            throw new GraphException($"{place}: lies in an external file, but the model was not read from a file.");
        }

        var path = Locate(
            LocationOf(tensor) ?? throw new GraphException($"{place}: its external data names no location."), folder, place);
        var offset = Number(tensor, "offset", place) ?? 0;
        var length = Number(tensor, "length", place) ?? size;
        if (length != size)
        {
            throw new GraphException(
                $"{place}: external data of {length} bytes does not fit [{string.Join(", ", tensor.Dims)}], which needs {size}.");
        }

        using var file = File.OpenHandle(path);
        if (offset > RandomAccess.GetLength(file) - size)
        {
            throw new GraphException($"{place}: {path} ends before byte {offset} + {size}.");
        }

        var data = GC.AllocateUninitializedArray<byte>((int)size);
        for (var read = 0; read < data.Length;)
        {
            var count = RandomAccess.Read(file, data.AsSpan(read), offset + read);
            read += count > 0 ? count : throw new GraphException($"{place}: {path} ended while it was read.");
        }

        return data;
    }

    /// <summary>The data file as the model names it.</summary>
    public static string? LocationOf(TensorProto tensor) => Entry(tensor, "location");

    // A model is foreign input: it must not make us read files outside its own folder.
    private static string Locate(string location, string folder, string place)
    {
        var path = location.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(folder, location));
        var inside = Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar;
        if (!path.StartsWith(inside, StringComparison.Ordinal))
        {
            throw new GraphException($"{place}: external data location '{location}' is outside the model's folder.");
        }

        return File.Exists(path) ? path : throw new GraphException($"{place}: external data file '{path}' does not exist.");
    }

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

    private static long? Number(TensorProto tensor, string key, string place) => Entry(tensor, key) switch
    {
        null or "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw new GraphException($"{place}: external data {key} '{text}' is not a number."),
    };
}
