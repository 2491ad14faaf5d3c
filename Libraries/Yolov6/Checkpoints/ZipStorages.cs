using System.IO.Compression;
using QatPipeline.Yolov6.Checkpoints.Pickle;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>The tensor storages of a checkpoint's archive, each converted once.</summary>
internal sealed class ZipStorages
{
    private readonly ZipArchive _archive;
    private readonly string _folder;
    private readonly long _fileLength;
    private readonly Dictionary<string, float[]> _values = new(StringComparer.Ordinal);

    public ZipStorages(ZipArchive archive, string folder, long fileLength)
    {
        (_archive, _folder, _fileLength) = (archive, folder, fileLength);
        if (archive.GetEntry(folder + "byteorder") is { } order
            && Bytes(order, 16) is var bytes
            && !bytes.AsSpan().SequenceEqual("little"u8))
        {
            throw new PickleFormatException("Its storages are big-endian, which is not supported.");
        }
    }

    /// <summary>The elements of the storage <paramref name="key"/>, which must be exactly <paramref name="count"/>.</summary>
    public float[] Read(string key, StateDType type, long count)
    {
        if (_values.TryGetValue(key, out var known))
        {
            return known.Length == count ? known : throw new PickleFormatException($"Storage {key} is used with two lengths.");
        }

        var entry = _archive.GetEntry($"{_folder}data/{key}") ?? throw new PickleFormatException($"Storage data/{key} is missing.");
        if (entry.Length != checked(count * StorageTypes.SizeOf(type)))
        {
            throw new PickleFormatException($"Storage data/{key} has {entry.Length} bytes, and {count} elements of {type} are announced.");
        }

        var values = StorageTypes.ToFloats(Bytes(entry, int.MaxValue), type);
        _values.Add(key, values);
        return values;
    }

    /// <summary>
    /// An entry's content. PyTorch stores without compression, which bounds what a file can make us read by its own size.
    /// </summary>
    public byte[] Bytes(ZipArchiveEntry entry, int largest)
    {
        if (entry.CompressedLength != entry.Length)
        {
            throw new PickleFormatException($"Entry {entry.FullName} is compressed, which PyTorch never does.");
        }

        if (entry.Length > Math.Min(largest, Array.MaxLength) || entry.Length > _fileLength)
        {
            throw new PickleFormatException($"Entry {entry.FullName} announces {entry.Length} bytes, more than can be read.");
        }

        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
