using System.Text.RegularExpressions;
using Google.Protobuf;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>
/// Gives equal bytes to equal optimized models. The runtime's layout optimizer walks a table keyed by addresses, so the order of the
/// nodes it inserts, and the running numbers in their names, change from process to process. Here nodes are put in depth-first order
/// from the outputs (a producer right before its first consumer, which suits the caches) and numbered names are replaced.
/// </summary>
internal static partial class CanonicalModel
{
    // Field numbers of onnx.proto: ModelProto, GraphProto, ValueInfoProto, NodeProto, AttributeProto.
    private const int ModelGraph = 7;
    private const int GraphNode = 1;
    private const int GraphOutput = 12;
    private const int ValueInfoName = 1;
    private const int NodeInput = 1;
    private const int NodeOutput = 2;
    private const int NodeName = 3;
    private const int NodeOperator = 4;
    private const int NodeAttribute = 5;
    private const int AttributeGraph = 6;
    private const int AttributeGraphs = 11;

    /// <summary>The model in its canonical form; it computes the same.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a protobuf message.</exception>
    public static byte[] Of(byte[] model)
    {
        using var result = new MemoryStream(model.Length);
        foreach (var field in ProtobufMessage.Fields(UnsafeByteOperations.UnsafeWrap(model)))
        {
            if (field.Number == ModelGraph)
            {
                ProtobufMessage.Write(result, ModelGraph, Graph(field.Content));
            }
            else
            {
                result.Write(field.Raw.Span);
            }
        }

        return result.ToArray();
    }

    private static ByteString Graph(ByteString graph)
    {
        var fields = ProtobufMessage.Fields(graph).ToArray();
        var nodes = fields.Where(field => field.Number == GraphNode).Select(field => Node.Read(field.Content)).ToArray();
        var outputs = fields.Where(field => field.Number == GraphOutput).Select(field => Text(field.Content, ValueInfoName).Single());
        using var result = new MemoryStream(graph.Length);
        foreach (var node in DepthFirst(nodes, outputs))
        {
            ProtobufMessage.Write(result, GraphNode, node.Renamed());
        }

        foreach (var field in fields.Where(field => field.Number != GraphNode))
        {
            result.Write(field.Raw.Span);
        }

        return UnsafeByteOperations.UnsafeWrap(result.ToArray());
    }

    /// <summary>Producers before consumers, each as late as its first consumer allows.</summary>
    private static List<Node> DepthFirst(Node[] nodes, IEnumerable<string> outputs)
    {
        var producers = nodes.SelectMany(node => node.Outputs.Select(output => (output, node)))
            .Where(pair => pair.output.Length > 0).ToDictionary(pair => pair.output, pair => pair.node, StringComparer.Ordinal);

        // Nodes that no output needs come last, by their own outputs' names.
        var roots = outputs
            .Concat(producers.Keys.Order(StringComparer.Ordinal))
            .Where(producers.ContainsKey)
            .Select(name => producers[name]);
        var (ordered, seen) = (new List<Node>(nodes.Length), new HashSet<Node>(ReferenceEqualityComparer.Instance));
        var path = new Stack<(Node Node, int Input)>();
        foreach (var root in roots.Where(seen.Add))
        {
            path.Push((root, 0));
            while (path.TryPop(out var step))
            {
                if (step.Input == step.Node.Inputs.Count)
                {
                    ordered.Add(step.Node);
                    continue;
                }

                path.Push((step.Node, step.Input + 1));
                if (producers.TryGetValue(step.Node.Inputs[step.Input], out var producer) && seen.Add(producer))
                {
                    path.Push((producer, 0));
                }
            }
        }

        return ordered;
    }

    private static IEnumerable<string> Text(ByteString message, int number) =>
        ProtobufMessage.Fields(message).Where(field => field.Number == number).Select(field => field.Content.ToStringUtf8());

    [GeneratedRegex(@"_token_\d+$")]
    private static partial Regex NumberedName();

    private sealed record Node(ByteString Message, List<string> Inputs, List<string> Outputs)
    {
        public static Node Read(ByteString message) =>
            new(message, [.. ValuesRead(message)], [.. Text(message, NodeOutput)]);

        public ByteString Renamed()
        {
            var kind = Text(Message, NodeOperator).Single();
            using var result = new MemoryStream(Message.Length);
            foreach (var field in ProtobufMessage.Fields(Message))
            {
                var name = field.Number == NodeName ? field.Content.ToStringUtf8() : "";
                if (name.Length > 0 && (name == kind || NumberedName().IsMatch(name)))
                {
                    ProtobufMessage.Write(result, NodeName, ByteString.CopyFromUtf8($"{kind}:{Outputs[0]}"));
                }
                else
                {
                    result.Write(field.Raw.Span);
                }
            }

            return UnsafeByteOperations.UnsafeWrap(result.ToArray());
        }

        /// <summary>Inputs, and what the node's subgraphs read: some of that comes from outside.</summary>
        private static IEnumerable<string> ValuesRead(ByteString node) => Text(node, NodeInput).Concat(
            from attribute in ProtobufMessage.Fields(node)
            where attribute.Number == NodeAttribute
            from graph in ProtobufMessage.Fields(attribute.Content)
            where graph.Number is AttributeGraph or AttributeGraphs
            from inner in ProtobufMessage.Fields(graph.Content)
            where inner.Number == GraphNode
            from value in ValuesRead(inner.Content)
            select value);
    }
}
