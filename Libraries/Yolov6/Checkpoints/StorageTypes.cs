using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>Element types as files name them, and the conversion of little-endian storages to <see langword="float"/>.</summary>
internal static class StorageTypes
{
    public static StateDType? FromTorchStorage(string name) => name switch
    {
        "FloatStorage" => StateDType.Float32,
        "HalfStorage" => StateDType.Float16,
        "BFloat16Storage" => StateDType.BFloat16,
        "DoubleStorage" => StateDType.Float64,
        "LongStorage" => StateDType.Int64,
        "IntStorage" => StateDType.Int32,
        "ShortStorage" => StateDType.Int16,
        "CharStorage" => StateDType.Int8,
        "ByteStorage" => StateDType.UInt8,
        "BoolStorage" => StateDType.Bool,
        _ => null,
    };

    public static StateDType? FromSafetensors(string name) => name switch
    {
        "F16" => StateDType.Float16,
        "BF16" => StateDType.BFloat16,
        "F32" => StateDType.Float32,
        "F64" => StateDType.Float64,
        "I64" => StateDType.Int64,
        "I32" => StateDType.Int32,
        "I16" => StateDType.Int16,
        "I8" => StateDType.Int8,
        "U8" => StateDType.UInt8,
        "BOOL" => StateDType.Bool,
        _ => null,
    };

    public static int SizeOf(StateDType type) => type switch
    {
        StateDType.Float64 or StateDType.Int64 => 8,
        StateDType.Float32 or StateDType.Int32 => 4,
        StateDType.Float16 or StateDType.BFloat16 or StateDType.Int16 => 2,
        _ => 1,
    };

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
