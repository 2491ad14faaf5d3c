using Google.Protobuf;
using AttributeType = QatPipeline.Graphs.Onnx.AttributeProto.Types.AttributeType;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Turns attribute values into messages.</summary>
internal static class AttributeBuilder
{
    public static AttributeProto ToProto(string name, AttributeValue value)
    {
        var proto = value switch
        {
            IntAttribute attribute => new AttributeProto { Type = AttributeType.Int, I = attribute.Value },
            FloatAttribute attribute => new AttributeProto { Type = AttributeType.Float, F = attribute.Value },
            StringAttribute attribute => new AttributeProto { Type = AttributeType.String, S = ByteString.CopyFromUtf8(attribute.Value) },
            IntsAttribute attribute => new AttributeProto { Type = AttributeType.Ints, Ints = { attribute.Values } },
            FloatsAttribute attribute => new AttributeProto { Type = AttributeType.Floats, Floats = { attribute.Values } },
            StringsAttribute attribute =>
                new AttributeProto { Type = AttributeType.Strings, Strings = { attribute.Values.Select(ByteString.CopyFromUtf8) } },
            TensorAttribute attribute =>
                new AttributeProto { Type = AttributeType.Tensor, T = TensorBuilder.Embedded.ToProto("", attribute.Value) },
            OpaqueAttribute attribute => AttributeProto.Parser.ParseFrom(attribute.Proto.Span),
            _ => throw new GraphException($"Attribute '{name}' has an unknown kind of value."),
        };
        proto.Name = name;
        return proto;
    }
}
