namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>Files of named tensors, PyTorch checkpoint or safetensors. The content decides, not the name.</summary>
public static class CheckpointFile
{
    private const int LengthPrefix = sizeof(ulong);

    /// <summary>The entries of a file.</summary>
    /// <exception cref="CheckpointException">The file is unreadable, or of another kind.</exception>
    public static StateDict Read(string path) =>
        TryRead(path) ?? throw new CheckpointException($"{path} is neither a PyTorch checkpoint nor a safetensors file.");

    /// <summary>The entries of a file, or null where it is of another kind, such as ONNX.</summary>
    /// <exception cref="CheckpointException">The file is unreadable.</exception>
    public static StateDict? TryRead(string path)
    {
        Span<byte> start = stackalloc byte[LengthPrefix + 1];
        using (var file = File.OpenRead(path))
        {
            file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        return start.StartsWith("PK"u8) ? TorchCheckpoint.Read(path, CheckpointWeights.PreferEma)
            : start[LengthPrefix] == '{' ? SafetensorsFile.Read(path)
            : null;
    }
}
