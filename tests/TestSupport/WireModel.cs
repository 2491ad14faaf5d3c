using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace QatPipeline.TestSupport;

/// <summary>
/// An ONNX file read from its bytes by the wire format alone, sharing no code with what is tested: nodes and initializers.
/// </summary>
public sealed class WireModel
{
    // ModelProto, GraphProto, NodeProto, TensorProto of onnx.proto.
    private const int Graph = 7, GraphNode = 1, GraphInitializer = 5;
    private const int Input = 1, Output = 2, Operator = 4, Attribute = 5;
    private const int AttributeName = 1, AttributeFloat = 2;
    private const int Dimensions = 1, DataType = 2, Name = 8, Raw = 9;

    private WireModel(IReadOnlyList<WireNode> nodes, Dictionary<string, WireTensor> tensors) => (Nodes, Tensors) = (nodes, tensors);

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<WireNode> Nodes { get; }

    /// <summary>The initializers by name.</summary>
    public IReadOnlyDictionary<string, WireTensor> Tensors { get; }

    /// <summary>Reads a file whose tensors lie in it as raw bytes.</summary>
    public static WireModel Read(string path)
    {
        var graph = Fields(File.ReadAllBytes(path)).Single(field => field.Number == Graph).Bytes;
        var fields = Fields(graph).ToArray();
        return new(
            [.. fields.Where(field => field.Number == GraphNode).Select(field => NodeOf(field.Bytes))],
            fields.Where(field => field.Number == GraphInitializer).Select(field => TensorOf(field.Bytes))
                .ToDictionary(pair => pair.Name, pair => pair.Tensor));
    }

    /// <summary>The node that computes a value; null where none does.</summary>
    public WireNode? ProducerOf(string value) => Nodes.FirstOrDefault(node => node.Outputs.Contains(value));

    private static WireNode NodeOf(byte[] bytes)
    {
        var fields = Fields(bytes).ToArray();
        string[] Texts(int number) =>
            [.. fields.Where(field => field.Number == number).Select(field => Encoding.UTF8.GetString(field.Bytes))];
        var attributes = fields.Where(field => field.Number == Attribute).Select(field => Fields(field.Bytes).ToArray());
        return new(
            Texts(Operator).Single(),
            Texts(Input),
            Texts(Output),
            attributes.Where(attribute => attribute.Any(field => field.Number == AttributeFloat)).ToDictionary(
                attribute => Encoding.UTF8.GetString(attribute.Single(field => field.Number == AttributeName).Bytes),
                attribute => BinaryPrimitives.ReadSingleLittleEndian(attribute.Single(field => field.Number == AttributeFloat).Bytes)));
    }

    private static (string Name, WireTensor Tensor) TensorOf(byte[] bytes)
    {
        var fields = Fields(bytes).ToArray();
        return (
            Encoding.UTF8.GetString(fields.Single(field => field.Number == Name).Bytes),
            new(
                (int)fields.Single(field => field.Number == DataType).Value,
                [
                    .. fields.Where(field => field.Number == Dimensions)
                        .SelectMany(field => field.Bytes.Length > 0 ? Varints(field.Bytes) : [field.Value]),
                ],
                fields.Single(field => field.Number == Raw).Bytes));
    }

    private static IEnumerable<long> Varints(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            yield return Varint(bytes, ref at);
        }
    }

    private static IEnumerable<(int Number, long Value, byte[] Bytes)> Fields(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var key = Varint(bytes, ref at);
            var (number, kind) = ((int)(key >> 3), key & 7);
            if (kind == 0)
            {
                yield return (number, Varint(bytes, ref at), []);
                continue;
            }

            var length = kind switch { 1 => 8, 5 => 4, _ => (int)Varint(bytes, ref at) };
            yield return (number, 0, bytes[at..(at + length)]);
            at += length;
        }
    }

    private static long Varint(byte[] bytes, ref int at)
    {
        var (value, shift) = (0L, 0);
        while (true)
        {
            var part = bytes[at++];
            value |= (long)(part & 0x7f) << shift;
            shift += 7;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}

/// <summary>A node: its operator, the names of its values, and those of its attributes that are one float.</summary>
public sealed record WireNode(string Operator, string[] Inputs, string[] Outputs, IReadOnlyDictionary<string, float> Floats);

/// <summary>A tensor: ONNX's number of its element type (1 float, 2 uint8, 3 int8, 6 int32), its shape, its bytes.</summary>
public sealed record WireTensor(int Type, long[] Dimensions, byte[] Bytes)
{
    /// <summary>The elements as numbers.</summary>
    public double[] Values => Type switch
    {
        1 => [.. MemoryMarshal.Cast<byte, float>(Bytes).ToArray().Select(value => (double)value)],
        2 => [.. Bytes.Select(value => (double)value)],
        3 => [.. Bytes.Select(value => (double)(sbyte)value)],
        6 => [.. Bytes.Chunk(4).Select(value => (double)BinaryPrimitives.ReadInt32LittleEndian(value))],
        _ => throw new NotSupportedException($"Type {Type}"),
    };
}
