using Google.Protobuf;
using QatPipeline.Graphs.Inference.Rules;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Turns a parsed model into a graph.</summary>
internal sealed class ModelConverter(TensorConverter tensors)
{
    private readonly AttributeConverter _attributes = new(tensors);

    public Graph ToGraph(ModelProto model, string defaultName)
    {
        if (model.Graph is not { } proto)
        {
            throw new GraphException("Not an ONNX model: it holds no graph.");
        }

        var graph = new Graph(proto.Name.Length > 0 ? proto.Name : defaultName, OnnxReader.NewestOpset);
        FunctionInlining.Apply(model, graph.Remarks);
        ReadOpsets(model, graph);
        foreach (var tensor in proto.Initializer)
        {
            if (tensor.Name.Length == 0
                || !graph.Initializers.TryAdd(tensor.Name, tensors.ToTensor(tensor, $"initializer '{tensor.Name}'")))
            {
                throw new GraphException(
                    tensor.Name.Length == 0 ? "an initializer has no name" : $"initializer '{tensor.Name}' is defined twice");
            }
        }

        var sparse = proto.SparseInitializer.Select(tensor => tensor.Values?.Name ?? "").ToHashSet(StringComparer.Ordinal);
        graph.Inputs.AddRange(
            proto.Input.Where(input => !graph.Initializers.ContainsKey(input.Name) && !sparse.Contains(input.Name)).Select(ToValue));
        graph.Outputs.AddRange(proto.Output.Select(ToValue));
        foreach (var value in proto.ValueInfo.Where(value => !graph.Initializers.ContainsKey(value.Name)))
        {
            graph.Values[value.Name] = ToValue(value);
        }

        AddNodes(proto, graph);
        foreach (var entry in model.MetadataProps)
        {
            graph.Metadata[entry.Key] = entry.Value;
        }

        graph.Envelope = ToEnvelope(model, [.. sparse]);
        GraphOrder.Sort(graph);
        QuantizerMetadata.Restore(graph);
        return graph;
    }

    private static void ReadOpsets(ModelProto model, Graph graph)
    {
        graph.OpsetImports.Clear();
        foreach (var import in model.OpsetImport)
        {
            graph.OpsetImports[StandardDomain(import.Domain)] = import.Version;
        }

        if (!graph.OpsetImports.TryGetValue("", out var opset))
        {
            throw new GraphException("The model names no version of the standard operator set.");
        }

        if (opset is < OnnxReader.OldestOpset or > OnnxReader.NewestOpset)
        {
            throw new GraphException(
                $"Operator set {opset} is not supported: "
                + $"export or convert the model to one of {OnnxReader.OldestOpset} to {OnnxReader.NewestOpset}.");
        }
    }

    private void AddNodes(GraphProto proto, Graph graph)
    {
        var names = proto.Node.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal) { "" };
        List<string> renamed = [];
        for (var index = 0; index < proto.Node.Count; index++)
        {
            var node = proto.Node[index];
            if (node.OpType.Length == 0)
            {
                throw new GraphException($"Node {index} ('{node.Name}') has no operator.");
            }

            var name = node.Name;
            if (!taken.Add(name))
            {
                renamed.Add(name = GraphEdits.Unique(name.Length > 0 ? name : $"{node.OpType}_{index}", names));
                names.Add(name);
            }

            var converted = new Node(name, node.OpType, node.Input, node.Output, StandardDomain(node.Domain))
            {
                Attributes = _attributes.ToAttributes(node.Attribute, $"node {node.OpType} '{name}'"),
                Overload = node.Overload,
            };
            OperatorTable.CheckArity(converted);
            graph.Nodes.Add(converted);
        }

        if (renamed.Count > 0)
        {
            graph.Remarks.Add(
                $"{renamed.Count} {(renamed.Count == 1 ? "node has" : "nodes have")} no name, or one that another node has too, and got "
                + $"one: {string.Join(", ", renamed.Take(3))}{(renamed.Count > 3 ? ", …" : "")}.");
        }
    }

    private static string StandardDomain(string domain) => domain == "ai.onnx" ? "" : domain;

    private static ValueInfo ToValue(ValueInfoProto value)
    {
        if (value.Name.Length == 0)
        {
            throw new GraphException("A graph input, output or value has no name.");
        }

        return value.Type?.TensorType is { } tensor
            ? new ValueInfo(value.Name, (ElementType)tensor.ElemType, tensor.Shape?.Dim.Select(ToDimension).ToArray())
            : new ValueInfo(value.Name, ElementType.Undefined, null) { OpaqueType = value.Type?.ToByteArray() };
    }

    private static Dimension ToDimension(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when dimension.DimValue >= 0 => dimension.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => Dimension.Named(dimension.DimParam),
        _ => default,
    };

    // What remains of the messages once the interpreted fields are cleared are the fields to keep as they are.
    private static ModelEnvelope ToEnvelope(ModelProto model, string[] definedValues)
    {
        var envelope = new ModelEnvelope
        {
            IrVersion = model.IrVersion,
            ProducerName = model.ProducerName,
            ProducerVersion = model.ProducerVersion,
            Domain = model.Domain,
            ModelVersion = model.ModelVersion,
            DocString = model.DocString,
            DefinedValues = definedValues,
        };
        var graph = model.Graph;
        graph.Name = "";
        graph.Node.Clear();
        graph.Initializer.Clear();
        graph.Input.Clear();
        graph.Output.Clear();
        graph.ValueInfo.Clear();
        model.Graph = null;
        model.OpsetImport.Clear();
        model.MetadataProps.Clear();
        model.IrVersion = model.ModelVersion = 0;
        model.ProducerName = model.ProducerVersion = model.Domain = model.DocString = "";
        return envelope with { ModelFields = model.ToByteArray(), GraphFields = graph.ToByteArray() };
    }
}
