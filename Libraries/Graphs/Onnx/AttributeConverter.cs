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
        foreach (var graph in attribute.G is { } single ? attribute.Graphs.Prepend(single) : attribute.Graphs)
        {
            CollectCaptured(graph, captured);
        }

        return new OpaqueAttribute(attribute.ToByteArray()) { CapturedValues = [.. captured] };
    }

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
