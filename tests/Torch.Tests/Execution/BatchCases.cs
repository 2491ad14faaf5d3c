using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>Graphs written for a fixed number of images, x [n,3,4,4] to y, that treat the batch as exporters do.</summary>
internal static class BatchCases
{
    public static Graph Of(string kind) => kind switch
    {
        "rows of all images together" => Convolution(1)
            .Constant("flat", GraphTensor.FromLongs([2], 32, 2)).Constant("shape", GraphTensor.FromLongs([3], 1, 32, 2))
            .Node("Reshape", "c flat", "r").Node("Softmax", "r", "s", ("axis", -1L)).Node("Reshape", "s shape", "y").Output("y").Graph,
        "the first image's index" => Convolution(1)
            .Constant("first", GraphTensor.FromLongs([1], 0)).Node("Gather", "c first", "y", ("axis", 0L)).Output("y").Graph,
        "the first axis taken away" => Convolution(1)
            .Constant("axes", GraphTensor.FromLongs([1], 0)).Node("Squeeze", "c axes", "s").Node("Unsqueeze", "s axes", "y").Output("y").Graph,
        "rows of two images together" => Convolution(2)
            .Constant("shape", GraphTensor.FromLongs([4], 4, 2, 4, 4)).Constant("back", GraphTensor.FromLongs([4], 2, 4, 4, 4))
            .Node("Reshape", "c shape", "r").Node("Relu", "r", "q").Node("Reshape", "q back", "y").Output("y").Graph,
        "the batch left alone" => Convolution(1)
            .Constant("shape", GraphTensor.FromLongs([3], 1, 4, 16)).Node("Reshape", "c shape", "y").Output("y").Graph,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such graph"),
    };

    private static GraphBuilder Convolution(int images) => new GraphBuilder(17).Input("x", images, 3, 4, 4)
        .Constant("w", RandomTensors.Uniform(1, -1, 1, 4, 3, 1, 1)).Node("Conv", "x w", "c");
}
