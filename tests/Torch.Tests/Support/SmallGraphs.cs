using QatPipeline.Graphs.Model;
using QatPipeline.Torch.Execution;

namespace QatPipeline.Torch.Tests.Support;

/// <summary>Graphs of a few nodes.</summary>
internal static class SmallGraphs
{
    /// <summary>One node over inputs x0, x1, … with further inputs as constants; outputs are y0, y1, ….</summary>
    public static Graph Of(
        Node node, IReadOnlyDictionary<string, GraphTensor> inputs, IReadOnlyDictionary<string, GraphTensor> constants, int opset)
    {
        var graph = new Graph("operator", opset);
        graph.Nodes.Add(node);
        foreach (var (name, value) in inputs)
        {
            graph.Inputs.Add(new ValueInfo(name, value.Type, [.. value.Dimensions.Select(Dimension.ToDimension)]));
        }

        foreach (var (name, value) in constants)
        {
            graph.Initializers.Add(name, value);
        }

        graph.Outputs.AddRange(node.Outputs.Select(output => new ValueInfo(output, ElementType.Undefined, null)));
        return graph;
    }

    /// <summary>What TorchSharp computes for the graph's outputs.</summary>
    public static Dictionary<string, GraphTensor> Run(Graph graph, IReadOnlyDictionary<string, GraphTensor> inputs)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new TorchNetwork(graph, torch.CPU);
        var outputs = network.Forward(inputs.ToDictionary(input => input.Key, input => input.Value.ToTorch()));
        return outputs.ToDictionary(output => output.Key, output => output.Value.ToGraph());
    }
}
