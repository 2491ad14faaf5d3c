using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;
using static QatPipeline.Graphs.Tests.Support.RandomTensors;

namespace QatPipeline.Graphs.Tests.Passes;

/// <summary>A layer followed by a batch normalization whose γ has both signs.</summary>
internal static class BatchNormalizationGraphs
{
    public static Graph Create(
        string layer, Tensor weight, int channels, bool withBias = false, params (string, AttributeValue)[] attributes)
    {
        var builder = new GraphBuilder();
        _ = layer == "Gemm" ? builder.Input("x", 3, 4) : builder.Input("x", 1, 4, 6, 6);
        builder.Constant("w", weight);
        if (withBias)
        {
            builder.Constant("b", Normal(2, channels));
        }

        builder
            .Constant("gamma", Normal(3, channels))
            .Constant("beta", Normal(4, channels))
            .Constant("mean", Normal(5, channels))
            .Constant("variance", Uniform(6, 0.2f, 3, channels));
        return builder
            .Node(layer, withBias ? "x w b" : "x w", "a", attributes)
            .Node("BatchNormalization", "a gamma beta mean variance", "y", ("epsilon", 1e-3f))
            .Output("y").Graph;
    }
}
