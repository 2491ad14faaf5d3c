using System.Buffers.Binary;
using System.Text;

namespace QatPipeline.Yolov6.Checkpoints.Pickle;

/// <summary>The bytes of a pickle. A length prefix is believed only as far as bytes are left, so none can make us allocate.</summary>
internal sealed class PickleInput(ReadOnlyMemory<byte> bytes)
{
    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Length32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Length64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public string Text(long length)
    {
        try
        {
            return StrictUtf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw new PickleFormatException($"The text at byte {Position} is not UTF-8.");
        }
    }

    /// <summary>Eight-bit text, as Python 2 and the old string opcodes have it.</summary>
    public string Latin(long length) => Encoding.Latin1.GetString(Take(length));

    public string Line()
    {
        var length = bytes.Span[Position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw new PickleFormatException($"The line at byte {Position} has no end.");
        }

        var line = Text(length);
        Position++;
        return line;
    }

    public ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > bytes.Length - Position)
        {
            throw new PickleFormatException($"{length} bytes are announced at byte {Position} and {bytes.Length - Position} are left.");
        }

        var taken = bytes.Span.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
