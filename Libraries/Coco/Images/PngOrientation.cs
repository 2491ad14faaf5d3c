using System.Buffers.Binary;
using SkiaSharp;

namespace QatPipeline.Coco.Images;

/// <summary>The EXIF orientation of a PNG file, which the decoder does not look for: tag 274 of its eXIf chunk (PNG 3, 11.3.4.6).</summary>
internal static class PngOrientation
{
    private const int SignatureLength = 8;

    // Length and name before a chunk's data, checksum behind it.
    private const int ChunkHead = 8;
    private const int ChunkFrame = 12;

    private const int Tag = 274;
    private const int EntryLength = 12;

    /// <summary>The stated orientation; upright where none is stated or it is damaged.</summary>
    public static SKEncodedOrigin Of(ReadOnlySpan<byte> png)
    {
        for (var rest = png[SignatureLength..]; rest.Length > ChunkFrame;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - ChunkFrame)
            {
                break;
            }

            if (rest[4..ChunkHead].SequenceEqual("eXIf"u8))
            {
                return OfExif(rest.Slice(ChunkHead, (int)length));
            }

            rest = rest[(ChunkFrame + (int)length)..];
        }

        return SKEncodedOrigin.Default;
    }

    /// <summary>Byte order, 42, offset of the first directory: a count, then entries of tag, type, count and value (TIFF 6.0, 2).</summary>
    private static SKEncodedOrigin OfExif(ReadOnlySpan<byte> exif)
    {
        var isLittleEndian = exif.StartsWith("II"u8);
        if (exif.Length < 8 || Read32(exif[4..]) > exif.Length - 2)
        {
            return SKEncodedOrigin.Default;
        }

        var directory = exif[(int)Read32(exif[4..])..];
        var entries = directory[2..];
        for (var left = (int)Read16(directory); left > 0 && entries.Length >= EntryLength; left--)
        {
            if (Read16(entries) == Tag)
            {
                var value = Read16(entries[8..]);
                return value is >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.Default;
            }

            entries = entries[EntryLength..];
        }

        return SKEncodedOrigin.Default;

        ushort Read16(ReadOnlySpan<byte> at) =>
            isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

        uint Read32(ReadOnlySpan<byte> at) =>
            isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
    }
}
