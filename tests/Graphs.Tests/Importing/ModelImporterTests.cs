using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Importing;

/// <summary>Models of other tools are brought into one vocabulary, or refused by name.</summary>
public sealed class ModelImporterTests
{
    [Fact]
    public void HalfPrecision_IsWidenedWithInputsAndCasts()
    {
        var half = new Tensor(ElementType.Float16, [2], [0x00, 0x3C, 0x00, 0xC0]);
        var graph = new GraphBuilder(17).Input("x", ElementType.Float16, 2)
            .Constant("w", half)
            .Node("Constant", "-", "c", ("value", half))
            .Node("Mul", "x w", "m").Node("Add", "m c", "a")
            .Node("Cast", "a", "f", ("to", (long)ElementType.Float))
            .Node("Cast", "f", "y", ("to", (long)ElementType.Float16))
            .Output("y", ElementType.Float16).Graph;

        ModelImporter.Apply(graph);

        Assert.Contains("16-bit floats became 32-bit ones", Assert.Single(graph.Remarks), StringComparison.Ordinal);
        Assert.All(graph.Inputs.Concat(graph.Outputs), value => Assert.Equal(ElementType.Float, value.Type));
        var result = OrtRunner.Run(graph, new Dictionary<string, Tensor> { ["x"] = Tensor.FromFloats([2], 3, 5) });
        Assert.Equal([4, -12], result["y"].ToFloats());
    }

    [Fact]
    public void Suppression_IsSaid()
    {
        var graph = new GraphBuilder(17).Input("b", 1, 4, 4).Input("s", 1, 1, 4)
            .Node("NonMaxSuppression", "b s", "y").Output("y", ElementType.Int64).Graph;

        ModelImporter.Apply(graph);

        Assert.Contains(
            "(NonMaxSuppression 'y.NonMaxSuppression'): it is quantized up to there", Assert.Single(graph.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e37f)]
    [InlineData(0f)]
    [InlineData(-0.1f)]
    public void BrokenScale_IsAnErrorThatNamesNodeAndValue(float scale)
    {
        var graph = Pair(17, Tensor.Scalar(scale), Tensor.Scalar((sbyte)0)).Graph;

        var exception = Assert.Throws<GraphException>(() => ModelImporter.Apply(graph));

        Assert.Contains(
            FormattableString.Invariant($"QuantizeLinear 'q.QuantizeLinear' has the scale {scale}"),
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void BrokenScaleOfAChannel_NamesTheChannel()
    {
        var graph = new GraphBuilder().Input("x", 1, 2, 3, 3)
            .Constant("w", Tensor.From<sbyte>([2, 2, 1, 1], [1, 2, 3, 4])).Constant("s", Tensor.FromFloats([2], 0.1f, 0))
            .Node("DequantizeLinear", "w s", "wd", ("axis", 0L)).Node("Conv", "x wd", "y").Output("y").Graph;

        var exception = Assert.Throws<GraphException>(() => ModelImporter.Apply(graph));

        Assert.Contains("has the scale 0 for channel 1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ElementType.UInt16, "16-bit codes (UInt16)")]
    [InlineData(ElementType.Int16, "16-bit codes (Int16)")]
    [InlineData(ElementType.Int4, "4-bit codes (Int4)")]
    [InlineData(ElementType.Float8E4M3FN, "Float8E4M3FN")]
    public void OtherCodes_AreRefusedByName(ElementType type, string name)
    {
        var exception = Assert.Throws<GraphException>(
            () => ModelImporter.Apply(Pair(21, Tensor.Scalar(0.1f), new Tensor(type, [], type.SizeOf() == 2 ? [0, 0] : [0])).Graph));

        Assert.Contains($"quantized to {name} (QuantizeLinear 'q.QuantizeLinear'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DynamicQuantizeLinear", "", "quantized dynamically")]
    [InlineData("MatMulInteger", "", "quantized dynamically")]
    [InlineData("MatMulNBits", "com.microsoft", "fewer than 8 bits")]
    public void OtherQuantization_IsRefusedByName(string operation, string domain, string message)
    {
        var graph = new GraphBuilder().Input("x", 2, 2).Node("Relu", "x", "y").Output("y").Graph;
        graph.Nodes[0] = new Node("first", operation, ["x", "x"], ["y"], domain);

        var exception = Assert.Throws<GraphException>(() => ModelImporter.Apply(graph));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{operation} 'first'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PairsOfOnnxRuntimesDomain_BecomeTheStandards()
    {
        var graph = Pair(13, Tensor.Scalar(0.1f), Tensor.Scalar((byte)3)).Graph;
        graph.OpsetImports["com.microsoft"] = 1;
        for (var index = 0; index < 2; index++)
        {
            var node = graph.Nodes[index];
            graph.Nodes[index] = new Node(node.Name, node.OpType, node.Inputs, node.Outputs, "com.microsoft");
        }

        ModelImporter.Apply(graph);

        Assert.All(graph.Nodes, node => Assert.Equal("", node.Domain));
        Assert.DoesNotContain("com.microsoft", graph.OpsetImports.Keys);
    }

    private static GraphBuilder Pair(int opset, Tensor scale, Tensor zeroPoint) => new GraphBuilder(opset).Input("x", 2, 3)
        .Constant("scale", scale).Constant("zero", zeroPoint)
        .Node("QuantizeLinear", "x scale zero", "q").Node("DequantizeLinear", "q scale zero", "d").Node("Relu", "d", "y").Output("y");
}
