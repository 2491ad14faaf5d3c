using System.IO.Compression;
using System.Text;

namespace QatPipeline.Graphs.Targets.TorchInt8;

/// <summary>
/// A TorchScript archive, as <c>torch.jit.load</c> reads it: a stored zip of source text, the pickled module and its tensors. The same
/// module gives the same bytes.
/// </summary>
internal static class ScriptArchive
{
    /// <summary>The record that this project adds: what the engine takes and gives.</summary>
    public const string Signature = "extra/signature.json";

    private const string Folder = "engine";

    // The earliest a zip can tell.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="stream">Receives the archive; can be sought.</param>
    /// <param name="module">Source and tensors.</param>
    /// <param name="signature">JSON.</param>
    public static void Write(Stream stream, ScriptModule module, byte[] signature)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "version", "3\n"u8);
        Add(archive, "constants.pkl", new PickleWriter().EmptyTuple().End());
        Add(archive, "code/__torch__.py", Encoding.UTF8.GetBytes(module.Source()));
        var tensors = module.Tensors;
        Add(archive, "data.pkl", new PickleWriter()
            .Object(
                "__torch__",
                ScriptModule.Class,
                pickle => pickle.List(tensors.Count, index => pickle.Tensor(tensors[index], $"{index}")))
            .End());
        foreach (var (index, tensor) in tensors.Index())
        {
            Add(archive, $"data/{index}", tensor.Bytes);
        }

        Add(archive, Signature, signature);
    }

    /// <summary>The signature of an archive; null where the file is not one of this project.</summary>
    public static byte[]? ReadSignature(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            if (archive.GetEntry($"{Folder}/{Signature}") is not { } entry)
            {
                return null;
            }

            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            return content.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        var entry = archive.CreateEntry($"{Folder}/{name}", CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        using var stream = entry.Open();
        stream.Write(content);
    }
}
