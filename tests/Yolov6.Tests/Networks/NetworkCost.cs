using QatPipeline.Graphs.Model;

namespace QatPipeline.Yolov6.Tests.Networks;

/// <summary>Size and arithmetic of a network (reference 1.7).</summary>
public static class NetworkCost
{
    /// <summary>Trainable numbers: weights and biases of layers, γ and β of batch normalizations.</summary>
    public static long Parameters(Graph graph) => graph.Nodes
        .SelectMany(node => node.OpType switch
        {
            "Conv" or "ConvTranspose" or "Gemm" or "BatchNormalization" => new[] { node.Input(1), node.Input(2) },
            _ => [],
        })
        .OfType<string>()
        .Distinct()
        .Sum(name => graph.Initializers.TryGetValue(name, out var tensor) ? tensor.Length : 0);

    /// <summary>
    /// 10⁹ operations an image in convolutions and transposed convolutions, a multiplication and an addition counted as two.
    /// </summary>
    /// <exception cref="GraphException">The shape of a layer is not known.</exception>
    public static double Gigaflops(Graph graph) => graph.Nodes.Where(node => node.OpType is "Conv" or "ConvTranspose").Sum(node =>
    {
        // A convolution uses its kernel once an output pixel, a transposed one once an input pixel.
        var visited = node.OpType == "Conv" ? node.Outputs[0] : node.Inputs[0];
        var pixels = graph.FindValue(visited)?.Shape is [_, _, { Value: { } height }, { Value: { } width }]
            ? height * width
            : throw new GraphException($"the image size at {node} is not known; infer shapes first");
        return 2e-9 * pixels * graph.Initializers[node.Inputs[1]].Length;
    });
}
