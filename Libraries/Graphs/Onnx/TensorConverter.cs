using System.Runtime.InteropServices;
using Google.Protobuf;
using DataType = QatPipeline.Graphs.Onnx.TensorProto.Types.DataType;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Turns parsed tensors into constants: raw, typed and external data of every element type.</summary>
/// <param name="folder">Where external data files are looked for; null where there is none.</param>
internal sealed class TensorConverter(string? folder)
{
    /// <exception cref="GraphException">The data does not fit the dimensions, or is not there; names <paramref name="place"/>.</exception>
    public Tensor ToTensor(TensorProto tensor, string place)
    {
        var length = LengthOf(tensor, place);
        var type = (DataType)tensor.DataType;
        if (tensor.Segment is not null || type == DataType.Undefined)
        {
            throw new GraphException(
                $"{place}: {(type == DataType.Undefined ? "has no element type" : "is stored in segments, which is not supported")}.");
        }

        if (type == DataType.String)
        {
            return ToStringTensor(tensor, length, place);
        }

        var size = SizeInBytes(type, length)
            ?? throw new GraphException($"{place}: element type {tensor.DataType} is not supported.");
        var data = tensor.DataLocation == TensorProto.Types.DataLocation.External
            ? ExternalData.Read(tensor, folder, size, place)
            : tensor.RawData.Length > 0 ? tensor.RawData.ToByteArray() : TypedData(tensor, type);
        if (data.LongLength != size)
        {
            throw new GraphException(
                $"{place}: holds {data.LongLength} bytes, but [{string.Join(", ", tensor.Dims)}] of {type} needs {size}.");
        }

        return new Tensor((ElementType)tensor.DataType, [.. tensor.Dims], data);
    }

    /// <summary>The bytes of a tensor that lies in a file beside the model.</summary>
    /// <exception cref="GraphException">They are not there, or too few.</exception>
    public byte[] ReadOutside(TensorProto tensor, string place)
    {
        var size = SizeInBytes((DataType)tensor.DataType, LengthOf(tensor, place))
            ?? throw new GraphException($"{place}: element type {tensor.DataType} is not supported.");
        return ExternalData.Read(tensor, folder, size, place);
    }

    private static long LengthOf(TensorProto tensor, string place)
    {
        var length = (Int128)1;
        foreach (var dimension in tensor.Dims)
        {
            length *= dimension;
            if (dimension < 0 || length > Array.MaxLength)
            {
                throw new GraphException($"{place}: impossible dimensions [{string.Join(", ", tensor.Dims)}].");
            }
        }

        return (long)length;
    }

    /// <summary>Strings have no flat form: the tensor's bytes are those of a message that holds only them.</summary>
    private static Tensor ToStringTensor(TensorProto tensor, long length, string place)
    {
        if (tensor.StringData.Count != length)
        {
            throw new GraphException($"{place}: holds {tensor.StringData.Count} strings instead of {length}.");
        }

        return new Tensor(ElementType.String, [.. tensor.Dims], new TensorProto { StringData = { tensor.StringData } }.ToByteArray());
    }

    private static long? SizeInBytes(DataType type, long length) => type switch
    {
        DataType.Complex64 => length * 8,
        DataType.Complex128 => length * 16,
        DataType.Float8E4M3Fn or DataType.Float8E4M3Fnuz or DataType.Float8E5M2 or DataType.Float8E5M2Fnuz
            or DataType.Float8E8M0 => length,
        DataType.Int4 or DataType.Uint4 or DataType.Float4E2M1 => (length + 1) / 2,
        DataType.Uint2 or DataType.Int2 => (length + 3) / 4,
        _ => ((ElementType)type).SizeOf() is > 0 and var size ? length * size : null,
    };

    /// <summary>The typed data fields as raw little-endian bytes (the standard says which field holds which element type).</summary>
    private static byte[] TypedData(TensorProto tensor, DataType type) => type switch
    {
        DataType.Float or DataType.Complex64 => Bytes([.. tensor.FloatData]),
        DataType.Double or DataType.Complex128 => Bytes([.. tensor.DoubleData]),
        DataType.Int64 => Bytes([.. tensor.Int64Data]),
        DataType.Uint64 => Bytes([.. tensor.Uint64Data]),
        DataType.Uint32 => Bytes(tensor.Uint64Data.Select(value => unchecked((uint)value)).ToArray()),
        DataType.Int32 => Bytes([.. tensor.Int32Data]),
        DataType.Int16 or DataType.Uint16 or DataType.Float16 or DataType.Bfloat16 =>
            Bytes(tensor.Int32Data.Select(value => unchecked((ushort)value)).ToArray()),
        _ => [.. tensor.Int32Data.Select(value => unchecked((byte)value))],
    };

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
