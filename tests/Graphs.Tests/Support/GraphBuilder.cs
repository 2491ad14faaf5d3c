using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Tests.Support;

using Tensor = QatPipeline.Graphs.Model.Tensor;

/// <summary>Writes small graphs in a few lines.</summary>
internal sealed class GraphBuilder(int opset = 17)
{
    public Graph Graph { get; } = new("test", opset);

    public GraphBuilder Input(string name, params long[] shape) => Input(name, ElementType.Float, [.. shape.Select(Dimension.ToDimension)]);

    public GraphBuilder Input(string name, ElementType type, params Dimension[] shape)
    {
        Graph.Inputs.Add(new ValueInfo(name, type, shape));
        return this;
    }

    public GraphBuilder Constant(string name, Tensor tensor)
    {
        Graph.Initializers.Add(name, tensor);
        return this;
    }

    /// <summary>A node named after its first output.</summary>
    public GraphBuilder Node(string opType, string inputs, string outputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var node = new Node(
            $"{outputs.Split(' ')[0]}.{opType}", opType, inputs.Split(' ').Select(name => name == "-" ? "" : name), outputs.Split(' '));
        foreach (var (name, value) in attributes)
        {
            node.Attributes[name] = value;
        }

        Graph.Nodes.Add(node);
        return this;
    }

    public GraphBuilder Output(string name, ElementType type = ElementType.Float)
    {
        Graph.Outputs.Add(new ValueInfo(name, type, null));
        return this;
    }
}
