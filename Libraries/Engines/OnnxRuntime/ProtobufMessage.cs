using Google.Protobuf;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>One field of a protobuf message on the wire.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Raw">All its bytes, tag included.</param>
/// <param name="Content">What a length-delimited field holds; empty for other kinds.</param>
internal readonly record struct ProtobufField(int Number, ReadOnlyMemory<byte> Raw, ByteString Content);

/// <summary>
/// Protobuf messages field by field, so that a file can be rearranged and every field it is not about, known or not, copied as it is.
/// </summary>
internal static class ProtobufMessage
{
    /// <summary>The fields in file order.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a protobuf message.</exception>
    public static IEnumerable<ProtobufField> Fields(ByteString message)
    {
        using var input = message.CreateCodedInput();
        while (!input.IsAtEnd)
        {
            yield return Next(input, message);
        }
    }

    /// <summary>Writes a length-delimited field.</summary>
    public static void Write(Stream stream, int number, ByteString content)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(content);
    }

    private static ProtobufField Next(CodedInputStream input, ByteString message)
    {
        try
        {
            var start = (int)input.Position;
            var tag = input.ReadTag();
            var content = ByteString.Empty;
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                content = input.ReadBytes();
            }
            else
            {
                input.SkipLastField();
            }

            return new(WireFormat.GetTagFieldNumber(tag), message.Memory[start..(int)input.Position], content);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }
}
