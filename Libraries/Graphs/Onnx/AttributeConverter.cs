using System.Text;
using Google.Protobuf;
using AttributeType = QatPipeline.Graphs.Onnx.AttributeProto.Types.AttributeType;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Turns a node's parsed attributes into attribute values.</summary>
internal sealed class AttributeConverter(TensorConverter tensors)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public SortedDictionary<string, AttributeValue> ToAttributes(IEnumerable<AttributeProto> attributes, string place)
    {
        var result = new SortedDictionary<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            if (!result.TryAdd(attribute.Name, ToValue(attribute, $"{place}, attribute '{attribute.Name}'")))
            {
                throw new GraphException($"{place} has two attributes '{attribute.Name}'.");
            }
        }

        return result;
    }

    private AttributeValue ToValue(AttributeProto attribute, string place) => attribute.Type switch
    {
        _ when attribute.RefAttrName.Length > 0 => ToOpaque(attribute),
        AttributeType.Float => attribute.F,
        AttributeType.Int => attribute.I,
        AttributeType.String when TryDecode(attribute.S, out var text) => text,
        AttributeType.Tensor => tensors.ToTensor(attribute.T ?? throw new GraphException($"{place} holds no tensor."), place),
        AttributeType.Floats => attribute.Floats.ToArray(),
        AttributeType.Ints => attribute.Ints.ToArray(),
        AttributeType.Strings when attribute.Strings.All(text => TryDecode(text, out _)) =>
            new StringsAttribute([.. attribute.Strings.Select(text => text.ToStringUtf8())]),
        _ => ToOpaque(attribute),
    };

    // ONNX asks for UTF-8, but custom operators keep binary blobs in string attributes.
    private static bool TryDecode(ByteString bytes, out string text)
    {
        try
        {
            text = StrictUtf8.GetString(bytes.Span);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }

    private static OpaqueAttribute ToOpaque(AttributeProto attribute)
    {
        var captured = new SortedSet<string>(StringComparer.Ordinal);
        var operators = new SortedSet<string>(StringComparer.Ordinal);
        var hasHalfPrecision = false;
        foreach (var graph in BodiesOf(attribute))
        {
            CollectCaptured(graph, captured);
            hasHalfPrecision |= Describe(graph, operators);
        }

        return new OpaqueAttribute(attribute.ToByteArray())
        {
            CapturedValues = [.. captured],
            Operators = [.. operators],
            HasHalfPrecision = hasHalfPrecision,
        };
    }

    private static IEnumerable<GraphProto> BodiesOf(AttributeProto attribute) =>
        attribute.G is { } single ? attribute.Graphs.Prepend(single) : attribute.Graphs;

    /// <summary>Collects the operators of a body and of those in it.</summary>
    /// <returns>True where there are 16-bit floats.</returns>
    private static bool Describe(GraphProto graph, SortedSet<string> operators)
    {
        var hasHalfPrecision = graph.Initializer.Any(tensor => IsHalf(tensor.DataType));
        foreach (var node in graph.Node)
        {
            if (node.Domain is "" or "ai.onnx")
            {
                operators.Add(node.OpType);
            }

            foreach (var attribute in node.Attribute)
            {
                hasHalfPrecision |= (attribute.T is { } tensor && IsHalf(tensor.DataType))
                    || (attribute.Name is "to" or "dtype" && IsHalf((int)attribute.I));
                foreach (var body in BodiesOf(attribute))
                {
                    hasHalfPrecision |= Describe(body, operators);
                }
            }
        }

        return hasHalfPrecision;
    }

    private static bool IsHalf(int type) => (ElementType)type is ElementType.Float16 or ElementType.BFloat16;

    private static void CollectCaptured(GraphProto graph, SortedSet<string> captured)
    {
        var inner = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            inner.UnionWith(node.Input);
            foreach (var attribute in node.Attribute)
            {
                inner.UnionWith(ToOpaque(attribute).CapturedValues);
            }
        }

        inner.UnionWith(graph.Output.Select(output => output.Name));
        inner.Remove("");
        inner.ExceptWith(graph.Node.SelectMany(node => node.Output));
        inner.ExceptWith(graph.Input.Select(input => input.Name));
        inner.ExceptWith(graph.Initializer.Select(tensor => tensor.Name));
        inner.ExceptWith(graph.SparseInitializer.Select(tensor => tensor.Values?.Name ?? ""));
        captured.UnionWith(inner);
    }
}
