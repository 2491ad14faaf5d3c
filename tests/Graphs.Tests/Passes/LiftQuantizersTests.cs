using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Passes;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Passes;

public sealed class LiftQuantizersTests
{
    [Fact]
    public void SignedPairAndStoredWeights_BecomeQuantizers()
    {
        var graph = new GraphBuilder().Input("x", 1, 4, 6, 6)
            .Constant("scale", Tensor.Scalar(0.01f)).Constant("zero", Tensor.Scalar((sbyte)0))
            .Constant("w", Tensor.From<sbyte>([2, 4, 1, 1], [1, -127, 3, 4, 5, 6, 127, -8]))
            .Constant("ws", Tensor.FromFloats([2], 0.02f, 0.03f))
            .Constant("wz", Tensor.From<sbyte>([2], [0, 0]))
            .Constant("b", Tensor.From<int>([2], [100, -50])).Constant("bs", Tensor.FromFloats([2], 0.0002f, 0.0003f))
            .Node("QuantizeLinear", "x scale zero", "q").Node("DequantizeLinear", "q scale zero", "d")
            .Node("DequantizeLinear", "w ws wz", "wd", ("axis", 0L)).Node("DequantizeLinear", "b bs", "bd", ("axis", 0L))
            .Node("Conv", "d wd bd", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new LiftQuantizers(), graph));

        Assert.Equal(["Conv"], graph.Operators());
        var (weight, activation) =
            (graph.Quantizers.Single(quantizer => quantizer.IsWeight), graph.Quantizers.Single(quantizer => !quantizer.IsWeight));
        Assert.Equal((QuantizationScheme.SignedNarrow, 0, "y.Conv._weight_quantizer"), (weight.Scheme, weight.Axis, weight.Name));
        Assert.Equal(
            (QuantizationScheme.SignedSymmetric, null, "y.Conv._input_quantizer"), (activation.Scheme, activation.Axis, activation.Name));
        Assert.Equal(1.27f, activation.Ranges[0].Amax, 1e-6f);
    }

    [Theory]
    [InlineData(0, QuantizationScheme.UnsignedNonNegative)]
    [InlineData(100, QuantizationScheme.UnsignedAffine)]
    public void UnsignedPair_KeepsItsRange(byte zeroPoint, QuantizationScheme scheme)
    {
        var graph = Pair(Tensor.Scalar(zeroPoint)).Node("Relu", "d", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new LiftQuantizers(), graph));

        Assert.Equal(scheme, Assert.Single(graph.Quantizers).Scheme);
        Assert.Equal((255 - zeroPoint) * 0.004f, graph.Quantizers[0].Ranges[0].High, 1e-6f);
    }

    [Fact]
    public void SignedPairWithZeroPointAtTheLowEnd_IsTheUnsignedOneShifted()
    {
        var graph = Pair(Tensor.Scalar((sbyte)-128)).Node("Relu", "d", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new LiftQuantizers(), graph));

        Assert.Equal(QuantizationScheme.UnsignedNonNegative, Assert.Single(graph.Quantizers).Scheme);
    }

    [Fact]
    public void PairSeenByAnOutputAndAnotherPair_GoesToAnIdentity()
    {
        var graph = Pair(Tensor.Scalar((byte)0)).Constant("scale2", Tensor.Scalar(0.05f))
            .Node("QuantizeLinear", "d scale2 zero", "q2")
            .Node("DequantizeLinear", "q2 scale2 zero", "d2")
            .Node("Relu", "d2", "y")
            .Output("y")
            .Output("d").Graph;

        Assert.True(PassCheck.Apply(new LiftQuantizers(), graph));

        Assert.Equal(["Identity", "Relu"], graph.Operators());
        Assert.Equal(2, graph.Quantizers.Count);
    }

    [Fact]
    public void SixteenBitPair_Stays()
    {
        var graph = new GraphBuilder(21).Input("x", 2, 3).Constant("scale", Tensor.Scalar(0.01f)).Constant("zero", Tensor.Scalar((short)0))
            .Node("QuantizeLinear", "x scale zero", "q")
            .Node("DequantizeLinear", "q scale zero", "d")
            .Node("Relu", "d", "y")
            .Output("y").Graph;

        Assert.False(PassCheck.Apply(new LiftQuantizers(), graph));
    }

    [Fact]
    public void WeightWithTheLowestCode_KeepsIt()
    {
        var graph = new GraphBuilder()
            .Input("x", 2, 2)
            .Constant("w", Tensor.From<sbyte>([2, 2], [-128, 1, 2, 3]))
            .Constant("s", Tensor.Scalar(0.1f))
            .Constant("z", Tensor.Scalar((sbyte)0))
            .Node("DequantizeLinear", "w s z", "wd").Node("MatMul", "x wd", "y").Output("y").Graph;

        Assert.True(PassCheck.Apply(new LiftQuantizers(), graph));

        Assert.Equal(QuantizationScheme.SignedSymmetric, Assert.Single(graph.Quantizers).Scheme);
    }

    private static GraphBuilder Pair(Tensor zeroPoint) => new GraphBuilder().Input("x", 2, 3)
        .Constant("scale", Tensor.Scalar(0.004f)).Constant("zero", zeroPoint)
        .Node("QuantizeLinear", "x scale zero", "q").Node("DequantizeLinear", "q scale zero", "d");
}
