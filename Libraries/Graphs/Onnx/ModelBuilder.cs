namespace QatPipeline.Graphs.Onnx;

/// <summary>Turns a graph into a model message.</summary>
internal sealed class ModelBuilder(ExternalDataFile? external)
{
    private readonly TensorBuilder _tensors = new(external);

    public ModelProto ToProto(Graph graph)
    {
        var envelope = graph.Envelope;
        var model = ModelProto.Parser.ParseFrom(envelope.ModelFields.Span);
        model.IrVersion = Math.Max(envelope.IrVersion, OldestIrVersion(graph.Opset));
        model.ProducerName = envelope.ProducerName;
        model.ProducerVersion = envelope.ProducerVersion;
        model.Domain = envelope.Domain;
        model.ModelVersion = envelope.ModelVersion;
        model.DocString = envelope.DocString;
        model.Graph = ToGraphProto(graph);
        model.OpsetImport.AddRange(
            graph.OpsetImports.Select(import => new OperatorSetIdProto { Domain = import.Key, Version = import.Value }));
        model.MetadataProps.AddRange(
            QuantizerMetadata.AddTo(graph).Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return model;
    }

    private GraphProto ToGraphProto(Graph graph)
    {
        var proto = GraphProto.Parser.ParseFrom(graph.Envelope.GraphFields.Span);
        proto.Name = graph.Name;
        foreach (var (name, tensor) in graph.Initializers)
        {
            proto.Initializer.Add(_tensors.ToProto(name, tensor));
        }

        proto.Input.AddRange(graph.Inputs.Select(ToProto));
        proto.Output.AddRange(graph.Outputs.Select(ToProto));
        var inner = graph.Values.Values.Where(value => IsInner(graph, value)).OrderBy(value => value.Name, StringComparer.Ordinal);
        proto.ValueInfo.AddRange(inner.Select(ToProto));
        proto.Node.AddRange(graph.Nodes.Select(ToProto));
        return proto;
    }

    private static bool IsInner(Graph graph, ValueInfo value) =>
        (value.Type != ElementType.Undefined || !value.OpaqueType.IsEmpty)
        && !graph.Initializers.ContainsKey(value.Name)
        && !graph.Inputs.Concat(graph.Outputs).Any(other => other.Name == value.Name);

    private static NodeProto ToProto(Node node)
    {
        var proto = new NodeProto { Name = node.Name, OpType = node.OpType, Domain = node.Domain, Overload = node.Overload };
        proto.Input.AddRange(node.Inputs);
        proto.Output.AddRange(node.Outputs);
        proto.Attribute.AddRange(node.Attributes.Select(attribute => AttributeBuilder.ToProto(attribute.Key, attribute.Value)));
        return proto;
    }

    private static ValueInfoProto ToProto(ValueInfo value)
    {
        if (!value.OpaqueType.IsEmpty)
        {
            return new ValueInfoProto { Name = value.Name, Type = TypeProto.Parser.ParseFrom(value.OpaqueType.Span) };
        }

        var tensor = new TypeProto.Types.Tensor { ElemType = (int)value.Type };
        if (value.Shape is not null)
        {
            tensor.Shape = new TensorShapeProto { Dim = { value.Shape.Select(ToProto) } };
        }

        return value.Type == ElementType.Undefined
            ? new ValueInfoProto { Name = value.Name }
            : new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = tensor } };
    }

    private static TensorShapeProto.Types.Dimension ToProto(Dimension dimension) => dimension switch
    {
        { Value: { } value } => new() { DimValue = value },
        { Name: { } name } => new() { DimParam = name },
        _ => new(),
    };

    /// <summary>The first IR version that allows the opset, from the standard's release table.</summary>
    private static long OldestIrVersion(int opset) => opset switch
    {
        <= 11 => 6,
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        24 => 12,
        _ => 13,
    };
}
