using System.Buffers.Binary;

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
        long length;
        using (var file = File.OpenRead(path))
        {
            file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            length = file.Length;
        }

        // The length of the header tells from texts, in which that position may hold a brace too.
        return start.StartsWith("PK"u8) ? TorchCheckpoint.Read(path, CheckpointWeights.PreferEma)
            : start[LengthPrefix] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) < (ulong)length ? SafetensorsFile.Read(path)
            : null;
    }
}
