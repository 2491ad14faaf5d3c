using System.Buffers.Binary;

namespace QatPipeline.Coco.Data;

/// <summary>
/// Width and height from the first bytes of a JPEG or PNG file, without decoding it: label folders don't say them, and decoding
/// 118,287 images to learn them takes minutes.
/// </summary>
internal static class ImageHeader
{
    /// <returns>Pixels as stored (no EXIF rotation), or null where the header is damaged or of another format.</returns>
    public static (int Width, int Height)? ReadSize(Stream stream)
    {
        Span<byte> start = stackalloc byte[24];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
        {
            return null;
        }

        if (start[1..4].SequenceEqual("PNG"u8))
        {
            // Signature 8, chunk length 4, "IHDR" 4, width 4, height 4.
            return (BinaryPrimitives.ReadInt32BigEndian(start[16..]), BinaryPrimitives.ReadInt32BigEndian(start[20..]));
        }

        stream.Position = 2;
        return start[0] == 0xFF && start[1] == 0xD8 ? ReadFrame(stream) : null;
    }

    /// <summary>Walks the JPEG segments to the first start of frame (ITU T.81, B.2.2): length, precision, height, width.</summary>
    private static (int Width, int Height)? ReadFrame(Stream stream)
    {
        Span<byte> segment = stackalloc byte[9];
        while (stream.ReadAtLeast(segment[..4], 4, throwOnEndOfStream: false) == 4 && segment[0] == 0xFF)
        {
            var marker = segment[1];
            if (marker == 0xFF)
            {
                // Fill byte before a marker.
                stream.Position -= 3;
                continue;
            }

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return stream.ReadAtLeast(segment[4..], 5, throwOnEndOfStream: false) < 5
                    ? null
                    : (BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]));
            }

            stream.Position += BinaryPrimitives.ReadUInt16BigEndian(segment[2..]) - 2;
        }

        return null;
    }
}
