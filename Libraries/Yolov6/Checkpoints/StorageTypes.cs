using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>Element types as files name them, and the conversion of little-endian storages to <see langword="float"/>.</summary>
internal static class StorageTypes
{
    private static readonly (StateDType Type, string TorchStorage, string Safetensors, int Size)[] Known =
    [
        (StateDType.Float64, "DoubleStorage", "F64", 8),
        (StateDType.Float32, "FloatStorage", "F32", 4),
        (StateDType.Float16, "HalfStorage", "F16", 2),
        (StateDType.BFloat16, "BFloat16Storage", "BF16", 2),
        (StateDType.Int64, "LongStorage", "I64", 8),
        (StateDType.Int32, "IntStorage", "I32", 4),
        (StateDType.Int16, "ShortStorage", "I16", 2),
        (StateDType.Int8, "CharStorage", "I8", 1),
        (StateDType.UInt8, "ByteStorage", "U8", 1),
        (StateDType.Bool, "BoolStorage", "BOOL", 1),
    ];

    public static StateDType? FromTorchStorage(string name) => Find(known => known.TorchStorage == name);

    public static StateDType? FromSafetensors(string name) => Find(known => known.Safetensors == name);

    public static int SizeOf(StateDType type) => Known.First(known => known.Type == type).Size;

    /// <summary>Converts whole storages; integers beyond 2²⁴ and FP64 values are rounded to the nearest float.</summary>
    public static float[] ToFloats(ReadOnlySpan<byte> bytes, StateDType type)
    {
        if (type == StateDType.Float32 && BitConverter.IsLittleEndian)
        {
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }

        var size = SizeOf(type);
        var values = new float[bytes.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Element(bytes.Slice(i * size, size), type);
        }

        return values;
    }

    private static StateDType? Find(Func<(StateDType Type, string TorchStorage, string Safetensors, int Size), bool> isWanted) =>
        Known.Where(isWanted).Select(known => (StateDType?)known.Type).FirstOrDefault();

    private static float Element(ReadOnlySpan<byte> bytes, StateDType type) => type switch
    {
        StateDType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        StateDType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        StateDType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        StateDType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        StateDType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        StateDType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        StateDType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        StateDType.Int8 => (sbyte)bytes[0],
        StateDType.Bool => bytes[0] == 0 ? 0 : 1,
        _ => bytes[0],
    };
}
