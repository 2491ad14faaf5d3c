using System.Buffers.Binary;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>
/// History and trainer state in one blob, so that one atomic write keeps both at the same step: length of the history (int32, little
/// endian), the history, the trainer's state.
/// </summary>
internal sealed record TrainingCheckpoint(byte[] History, byte[] Trainer)
{
    public static TrainingCheckpoint? Parse(byte[]? content)
    {
        if (content is null)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(content);
        return new TrainingCheckpoint(content[sizeof(int)..(sizeof(int) + length)], content[(sizeof(int) + length)..]);
    }

    public static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> history, Action<Stream> writeTrainer)
    {
        var stream = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, history.Length);
        stream.Write(length);
        stream.Write(history);
        writeTrainer(stream);
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }
}
