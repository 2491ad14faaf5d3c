namespace QatPipeline.Graphs.Onnx;

/// <summary>Collects tensors in a file beside the model. The file replaces an older one only on <see cref="Commit"/>.</summary>
internal sealed class ExternalDataFile(string path) : IDisposable
{
    /// <summary>Smaller tensors stay in the model.</summary>
    public const int SmallestTensor = 1024;

    // Runtimes map the file: tensors begin on memory pages, as the ONNX standard recommends.
    private const int Alignment = 4096;

    private readonly string _temporary = path + ".part";
    private FileStream? _stream;

    public string Location { get; } = Path.GetFileName(path);

    /// <summary>Appends a tensor's bytes and tells where they begin.</summary>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        _stream ??= File.Create(_temporary);
        var offset = (_stream.Position + Alignment - 1) / Alignment * Alignment;
        _stream.SetLength(offset);
        _stream.Position = offset;
        _stream.Write(bytes);
        return offset;
    }

    public void Commit()
    {
        if (_stream is not null)
        {
            _stream.Dispose();
            _stream = null;
            File.Move(_temporary, path, overwrite: true);
        }
    }

    public void Dispose()
    {
        if (_stream is not null)
        {
            _stream.Dispose();
            File.Delete(_temporary);
        }
    }
}
