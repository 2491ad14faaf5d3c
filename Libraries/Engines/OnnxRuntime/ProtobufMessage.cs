namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>One field of a protobuf message on the wire.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Raw">All its bytes, tag included.</param>
/// <param name="Content">What a length-delimited field holds; empty for other kinds.</param>
internal readonly record struct ProtobufField(int Number, ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Content);

/// <summary>
/// Protobuf messages field by field, so that a file can be rearranged and every field it is not about, known or not, copied as it is.
/// </summary>
internal static class ProtobufMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    /// <summary>The fields in file order.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a protobuf message.</exception>
    public static IEnumerable<ProtobufField> Fields(ReadOnlyMemory<byte> message)
    {
        for (var position = 0; position < message.Length;)
        {
            var start = position;
            var tag = ReadVarint(message, ref position);
            var content = ReadOnlyMemory<byte>.Empty;
            var wireType = (int)(tag & 7);
            if (wireType == LengthDelimited)
            {
                var length = ReadVarint(message, ref position);
                content = Slice(message, position, length);
                position += content.Length;
            }
            else if (wireType == Varint)
            {
                _ = ReadVarint(message, ref position);
            }
            else
            {
                position += Slice(message, position, wireType switch
                {
                    Fixed64 => 8UL,
                    Fixed32 => 4UL,
                    _ => throw new InvalidDataException($"Wire type {wireType} at byte {start} is unknown."),
                }).Length;
            }

            yield return new((int)(tag >> 3), message[start..position], content);
        }
    }

    /// <summary>Writes a length-delimited field.</summary>
    public static void Write(Stream stream, int number, ReadOnlySpan<byte> content)
    {
        WriteVarint(stream, ((ulong)number << 3) | LengthDelimited);
        WriteVarint(stream, (ulong)content.Length);
        stream.Write(content);
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> message, int position, ulong length) =>
        length <= (ulong)(message.Length - position)
            ? message.Slice(position, (int)length)
            : throw new InvalidDataException($"A field at byte {position} reaches beyond the end of its message.");

    private static ulong ReadVarint(ReadOnlyMemory<byte> message, ref int position)
    {
        var bytes = message.Span;
        var value = 0UL;
        for (var shift = 0; position < bytes.Length && shift < 64; shift += 7)
        {
            var part = bytes[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"The number at byte {position} has no end.");
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
