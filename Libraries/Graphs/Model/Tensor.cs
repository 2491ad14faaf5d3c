using System.Runtime.InteropServices;

namespace QatPipeline.Graphs.Model;

/// <summary>A constant: element type, dimensions (row-major; none for a scalar) and little-endian data.</summary>
public sealed class Tensor
{
    private readonly byte[] _data;

    /// <exception cref="GraphException">The data's length does not fit type and dimensions.</exception>
    public Tensor(ElementType type, IReadOnlyList<long> dimensions, byte[] data)
    {
        Type = type;
        Dimensions = dimensions;
        _data = data;
        Length = dimensions.Aggregate(1L, (product, dimension) => checked(product * dimension));
        if (type.SizeOf() is > 0 and var size && Length * size != data.LongLength)
        {
            throw new GraphException(
                $"Tensor of shape [{string.Join(", ", dimensions)}] and type {type} holds {data.LongLength} bytes "
                + $"instead of {Length * size}.");
        }
    }

    /// <summary>Decides how <see cref="Bytes"/> are read.</summary>
    public ElementType Type { get; }

    /// <summary>Outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Number of dimensions; 0 for a scalar.</summary>
    public int Rank => Dimensions.Count;

    /// <summary>Number of elements in a row that share an index of the axis; all of them where it is null.</summary>
    public long RunLength(int? axis) =>
        axis is { } outer ? Dimensions.Skip(outer + 1).Aggregate(1L, (product, dimension) => product * dimension) : Length;

    /// <summary>The raw little-endian bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _data;

    /// <summary>The elements where they lie.</summary>
    /// <exception cref="GraphException"><typeparamref name="T"/> is not the element type's representation.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
    {
        if (RepresentationOf<T>() is var expected && expected != Type && !(expected == ElementType.UInt8 && Type == ElementType.Bool))
        {
            throw new GraphException($"Tensor of type {Type} read as {typeof(T).Name}.");
        }

        return MemoryMarshal.Cast<byte, T>(_data);
    }

    /// <summary>The elements as float, converted from any numeric type.</summary>
    /// <exception cref="GraphException">The elements are strings or 64-bit unsigned, or of no known type.</exception>
    public float[] ToFloats() => Type switch
    {
        ElementType.Float => As<float>().ToArray(),
        ElementType.Double => Convert<double, float>(x => (float)x),
        ElementType.Float16 => Convert<Half, float>(x => (float)x),
        ElementType.BFloat16 =>
            Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(_data).ToArray(), x => BitConverter.UInt32BitsToSingle((uint)x << 16)),
        ElementType.Int8 => Convert<sbyte, float>(x => x),
        ElementType.Int16 => Convert<short, float>(x => x),
        ElementType.UInt16 => Convert<ushort, float>(x => x),
        ElementType.UInt8 or ElementType.Bool => Convert<byte, float>(x => x),
        ElementType.Int32 => Convert<int, float>(x => x),
        ElementType.Int64 => Convert<long, float>(x => x),
        _ => throw new GraphException($"Tensor of type {Type} cannot be read as float."),
    };

    /// <summary>The elements as double, converted from any numeric type without loss for integers up to 2⁵³.</summary>
    /// <exception cref="GraphException">As for <see cref="ToFloats"/>.</exception>
    public double[] ToDoubles() => Type switch
    {
        ElementType.Double => As<double>().ToArray(),
        ElementType.Int64 => Convert<long, double>(x => x),
        ElementType.Int32 => Convert<int, double>(x => x),
        _ => Array.ConvertAll(ToFloats(), x => (double)x),
    };

    /// <summary>The elements as long, converted from any integer type.</summary>
    /// <exception cref="GraphException">The elements are not integers, or 64-bit unsigned.</exception>
    public long[] ToLongs() => Type switch
    {
        ElementType.Int64 => As<long>().ToArray(),
        ElementType.Int32 => Convert<int, long>(x => x),
        ElementType.Int16 => Convert<short, long>(x => x),
        ElementType.UInt16 => Convert<ushort, long>(x => x),
        ElementType.Int8 => Convert<sbyte, long>(x => x),
        ElementType.UInt8 or ElementType.Bool => Convert<byte, long>(x => x),
        ElementType.UInt32 => Convert<uint, long>(x => x),
        _ => throw new GraphException($"Tensor of type {Type} cannot be read as integers."),
    };

    /// <summary>The same data, shared and not copied, under other dimensions.</summary>
    /// <exception cref="GraphException">The number of elements is another one.</exception>
    public Tensor WithDimensions(params IReadOnlyList<long> dimensions) => new(Type, dimensions, _data);

    /// <summary>A tensor of the element type that represents <typeparamref name="T"/>.</summary>
    /// <param name="dimensions">Outermost first; empty for a scalar.</param>
    /// <param name="values">Row-major; copied.</param>
    /// <typeparam name="T">A number of 8 to 64 bits, <see cref="Half"/>, or bool.</typeparam>
    /// <exception cref="GraphException">The number of values does not fit the dimensions.</exception>
    public static Tensor From<T>(IReadOnlyList<long> dimensions, ReadOnlySpan<T> values)
        where T : unmanaged => new(RepresentationOf<T>(), dimensions, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary><see cref="From{T}"/> for float.</summary>
    public static Tensor FromFloats(IReadOnlyList<long> dimensions, params ReadOnlySpan<float> values) => From(dimensions, values);

    /// <summary><see cref="From{T}"/> for long: the type ONNX has for shapes and axes.</summary>
    public static Tensor FromLongs(IReadOnlyList<long> dimensions, params ReadOnlySpan<long> values) => From(dimensions, values);

    /// <summary>One element of rank 0.</summary>
    public static Tensor Scalar<T>(T value)
        where T : unmanaged => From([], [value]);

    private TResult[] Convert<T, TResult>(Converter<T, TResult> converter)
        where T : unmanaged => Array.ConvertAll(As<T>().ToArray(), converter);

    private static ElementType RepresentationOf<T>() => default(T) switch
    {
        float => ElementType.Float,
        double => ElementType.Double,
        Half => ElementType.Float16,
        long => ElementType.Int64,
        int => ElementType.Int32,
        short => ElementType.Int16,
        sbyte => ElementType.Int8,
        byte => ElementType.UInt8,
        ushort => ElementType.UInt16,
        uint => ElementType.UInt32,
        ulong => ElementType.UInt64,
        bool => ElementType.Bool,
        _ => ElementType.Undefined,
    };
}
