using System.Buffers.Binary;

namespace QatPipeline.Coco.Tests.Images;

/// <summary>One picture of 40 × 24 pixels in many formats, made by Fixtures/make_fixtures.py: 4 × 4 blocks of 10 × 6 pixels.</summary>
internal static class ImageFixtures
{
    public const int Width = 40;
    public const int Height = 24;

    public static string PathOf(string name) => Path.Combine(TestData.RepositoryRoot, "tests", "Coco.Tests", "Images", "Fixtures", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>The colour of the block that holds a pixel.</summary>
    public static (int Red, int Green, int Blue) ColourAt(int x, int y) =>
        (60 * (x / 10), 70 * (y / 6), 255 - (30 * (x / 10)) - (20 * (y / 6)));

    /// <summary>The JPEG file with an EXIF segment that states an orientation.</summary>
    public static byte[] WithOrientation(int orientation)
    {
        var jpeg = Read("baseline.jpg");

        // Marker, length, name; little-endian TIFF with one entry: tag 274, type 3 (16 bits), count 1, value; no further directory.
        byte[] segment =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0,
            1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(segment.Length - 2));
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }
}
