using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Targets;

/// <summary>Weights of other tools with unsigned codes, for TensorRT, which has none.</summary>
public sealed class SignedWeightsTests
{
    private static readonly Dictionary<string, Tensor> Inputs = new() { ["x"] = RandomTensors.Uniform(3, 0, 1, 1, 3, 5, 5) };

    [Fact]
    public void ZeroPointInTheMiddle_IsShiftedExactly()
    {
        var (graph, expected) = Build(zeroPoint: 128);

        var built = TargetRegistry.Build(graph, "tensorrt-qdq").Graph;

        Assert.Empty(built.Remarks);
        Assertions.Close(expected, OrtRunner.Run(built, Inputs), tolerance: 1e-6f);
    }

    [Fact]
    public void AnotherZeroPoint_IsQuantizedAnewAndSaid()
    {
        var (graph, expected) = Build(zeroPoint: 121);

        var built = TargetRegistry.Build(graph, "tensorrt-qdq").Graph;

        Assert.Contains("quantized anew to signed codes", Assert.Single(built.Remarks), StringComparison.Ordinal);
        Assert.All(
            built.Nodes.Where(node => node.Is("DequantizeLinear")),
            node => Assert.Equal(ElementType.Int8, built.Initializers[node.Inputs[2]].Type));
        Assertions.Close(expected, OrtRunner.Run(built, Inputs), tolerance: 0.05f);
    }

    [Fact]
    public void OrtCpu_KeepsUnsignedWeights()
    {
        var (graph, expected) = Build(zeroPoint: 121, hasUnsignedInput: true);

        Assertions.Close(expected, OrtRunner.Run(TargetRegistry.Build(graph, "ort-cpu").Graph, Inputs), tolerance: 1e-5f);
    }

    private static (Graph Graph, Dictionary<string, Tensor> Expected) Build(byte zeroPoint, bool hasUnsignedInput = false)
    {
        var codes = Enumerable.Range(0, 4 * 3 * 9).Select(index => (byte)(index * 73 % 251)).ToArray();
        var builder = new GraphBuilder(13).Input("x", 1, 3, 5, 5)
            .Constant("s", Tensor.Scalar(1 / 127f)).Constant("z", hasUnsignedInput ? Tensor.Scalar((byte)0) : Tensor.Scalar((sbyte)0))
            .Constant("w", Tensor.From<byte>([4, 3, 3, 3], codes))
            .Constant("ws", Tensor.Scalar(0.01f)).Constant("wz", Tensor.Scalar(zeroPoint))
            .Node("QuantizeLinear", "x s z", "q").Node("DequantizeLinear", "q s z", "d").Node("DequantizeLinear", "w ws wz", "wd")
            .Node("Conv", "d wd", "c").Node("QuantizeLinear", "c os oz", "cq").Node("DequantizeLinear", "cq os oz", "y")
            .Constant("os", Tensor.Scalar(0.1f)).Constant("oz", hasUnsignedInput ? Tensor.Scalar((byte)128) : Tensor.Scalar((sbyte)0))
            .Output("y");
        return (builder.Graph, OrtRunner.Run(builder.Graph, Inputs));
    }
}
