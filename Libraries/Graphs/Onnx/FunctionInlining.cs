using Google.Protobuf.Collections;
using Function = (string Domain, string Name, string Overload);

namespace QatPipeline.Graphs.Onnx;

/// <summary>
/// Puts the bodies of a model's own functions, which PyTorch's exporter and others write, in the places where they are called.
/// <code>
/// y = my.QConv(x, w)   with   QConv(a, b) = Conv(QDQ(a), QDQ(b))      →      y = Conv(QDQ(x), QDQ(w))
/// </code>
/// </summary>
internal sealed class FunctionInlining
{
    // A function that calls another twice, which calls another twice, grows by powers of two.
    private const int MostNodes = 1 << 18, DeepestCall = 64;

    private readonly Dictionary<Function, FunctionProto> _functions = [];
    private readonly HashSet<Function> _open = [];
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _inlined = new(StringComparer.Ordinal);
    private int _nodes;

    private FunctionInlining(ModelProto model)
    {
        foreach (var function in model.Functions)
        {
            _functions[(function.Domain, function.Name, function.Overload)] = function;
        }

        _values.UnionWith(model.Graph.Node.SelectMany(node => node.Input.Concat(node.Output)));
        _values.UnionWith(model.Graph.Initializer.Select(tensor => tensor.Name));
        _values.UnionWith(model.Graph.Input.Select(input => input.Name));
    }

    /// <summary>Replaces all calls, in the bodies of If and Loop too; the functions go.</summary>
    /// <exception cref="GraphException">
    /// A function calls itself, is of another operator set than the model, or grows beyond bounds.
    /// </exception>
    public static void Apply(ModelProto model, List<string> remarks)
    {
        if (model.Functions.Count == 0)
        {
            return;
        }

        CheckOpsets(model);
        var inlining = new FunctionInlining(model);
        inlining.Inline(model.Graph.Node);
        model.Functions.Clear();
        if (inlining._inlined.Count > 0)
        {
            remarks.Add($"Calls of the model's own functions became their bodies: {string.Join(", ", inlining._inlined)}.");
        }
    }

    private static void CheckOpsets(ModelProto model)
    {
        foreach (var function in model.Functions)
        {
            foreach (var import in function.OpsetImport)
            {
                var known = model.OpsetImport.FirstOrDefault(other => Standard(other.Domain) == Standard(import.Domain));
                if (known is null)
                {
                    model.OpsetImport.Add(import);
                }
                else if (known.Version != import.Version && Standard(import.Domain).Length == 0)
                {
                    throw new GraphException(
                        $"The model's function '{function.Name}' is of operator set {import.Version} and the model of {known.Version}: "
                        + "export it with one operator set, or inline its functions (onnx.inliner.inline_local_functions).");
                }
            }
        }
    }

    private static string Standard(string domain) => domain == "ai.onnx" ? "" : domain;

    private void Inline(IList<NodeProto> nodes)
    {
        for (var index = 0; index < nodes.Count; index++)
        {
            var node = nodes[index];
            if (!_functions.TryGetValue((node.Domain, node.OpType, node.Overload), out var function))
            {
                foreach (var body in Bodies(node))
                {
                    Inline(body.Node);
                }

                continue;
            }

            var key = (node.Domain, node.OpType, node.Overload);
            if (!_open.Add(key) || _open.Count > DeepestCall)
            {
                throw new GraphException(
                    $"The model's function '{function.Name}' calls itself, which ONNX does not allow, or {DeepestCall} others inside each "
                    + "other.");
            }

            var replacements = Expand(node, function);
            Inline(replacements);
            _open.Remove(key);
            _inlined.Add(function.Name);
            nodes.RemoveAt(index);
            foreach (var (offset, replacement) in replacements.Index())
            {
                nodes.Insert(index + offset, replacement);
            }

            index += replacements.Count - 1;
        }
    }

    private List<NodeProto> Expand(NodeProto call, FunctionProto function)
    {
        _nodes += function.Node.Count;
        if (_nodes > MostNodes)
        {
            throw new GraphException($"The model's functions have more than {MostNodes} nodes once they stand where they are called.");
        }

        var prefix = call.Name.Length > 0 ? call.Name : function.Name;
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        Bind(names, function.Input, call.Input);
        Bind(names, function.Output, call.Output);
        foreach (var (formal, _) in names.Where(pair => pair.Value.Length == 0 && function.Output.Contains(pair.Key)).ToArray())
        {
            names.Remove(formal);
        }

        var attributes = function.AttributeProto.Concat(call.Attribute).GroupBy(attribute => attribute.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        var nodes = function.Node.Select(node => node.Clone()).ToList();
        foreach (var node in nodes)
        {
            Rewrite(node, names, attributes, prefix);
        }

        // An output that is one of the inputs needs a node to be it.
        nodes.AddRange(function.Output
            .Zip(call.Output)
            .Where(pair => pair.Second.Length > 0 && function.Input.Contains(pair.First))
            .Select(pair => new NodeProto
            {
                Name = $"{prefix}/{pair.First}",
                OpType = "Identity",
                Input = { call.Input.ElementAtOrDefault(function.Input.IndexOf(pair.First)) ?? "" },
                Output = { pair.Second },
            }));
        return nodes;
    }

    private static void Bind(Dictionary<string, string> names, RepeatedField<string> formal, RepeatedField<string> actual)
    {
        for (var index = 0; index < formal.Count; index++)
        {
            names.TryAdd(formal[index], index < actual.Count ? actual[index] : "");
        }
    }

    private void Rewrite(
        NodeProto node, Dictionary<string, string> names, Dictionary<string, AttributeProto> attributes, string prefix)
    {
        node.Name = $"{prefix}/{(node.Name.Length > 0 ? node.Name : node.OpType)}";
        Rename(node.Input, names, prefix);
        Rename(node.Output, names, prefix);
        for (var index = node.Attribute.Count - 1; index >= 0; index--)
        {
            var own = node.Attribute[index];
            if (own.RefAttrName.Length == 0)
            {
                continue;
            }

            node.Attribute.RemoveAt(index);
            if (attributes.TryGetValue(own.RefAttrName, out var given))
            {
                var named = given.Clone();
                named.Name = own.Name;
                node.Attribute.Add(named);
            }
        }

        foreach (var body in Bodies(node))
        {
            foreach (var value in body.Output.Concat(body.Input))
            {
                value.Name = NameOf(value.Name, names, prefix);
            }

            foreach (var tensor in body.Initializer)
            {
                tensor.Name = NameOf(tensor.Name, names, prefix);
            }

            foreach (var inner in body.Node)
            {
                Rewrite(inner, names, attributes, prefix);
            }
        }
    }

    private void Rename(RepeatedField<string> values, Dictionary<string, string> names, string prefix)
    {
        for (var index = 0; index < values.Count; index++)
        {
            values[index] = NameOf(values[index], names, prefix);
        }
    }

    private string NameOf(string value, Dictionary<string, string> names, string prefix)
    {
        if (!names.TryGetValue(value, out var name))
        {
            names[value] = name = GraphEdits.Unique($"{prefix}/{value}", _values);
            _values.Add(name);
        }

        return name;
    }

    private static IEnumerable<GraphProto> Bodies(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is { } single ? attribute.Graphs.Prepend(single) : attribute.Graphs);
}
