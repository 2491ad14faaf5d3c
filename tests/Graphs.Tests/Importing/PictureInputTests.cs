using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Importing;

/// <summary>Detectors that take pictures as decoders give them become ones of floats that compute the same.</summary>
public sealed class PictureInputTests
{
    [Fact]
    public void Apply_LevelsWithPlanesLast_ComputesTheSameFromFloatsWithPlanesFirst()
    {
        var graph = Detector(ElementType.UInt8, 1, 4, 5, 3);
        var levels = Tensor.From<byte>([1, 4, 5, 3], [.. Enumerable.Range(0, 60).Select(index => (byte)(index * 37))]);
        var expected = OrtRunner.Run(graph, new Dictionary<string, Tensor> { ["x"] = levels })["y"].ToFloats();

        PictureInput.Apply(graph);

        var input = Assert.Single(graph.Inputs);
        Assert.Equal((ElementType.Float, "1, 3, 4, 5"), (input.Type, string.Join(", ", input.Shape!)));
        Assert.True(PictureInput.TakesLevels(graph));
        Assert.Equal(2, graph.Remarks.Count);
        var codes = levels.As<byte>().ToArray();
        var planes = Tensor.FromFloats(
            [1, 3, 4, 5], [.. Enumerable.Range(0, 60).Select(index => (float)codes[(index % 20 * 3) + (index / 20)])]);
        Assert.Equal(expected, OrtRunner.Run(graph, new Dictionary<string, Tensor> { ["x"] = planes })["y"].ToFloats());
    }

    [Theory]
    [InlineData(3, 4, 5)]
    [InlineData(3, 4, 3)]
    [InlineData(1, 4, 5)]
    public void Apply_FloatsWithPlanesFirst_ChangesNothing(int planes, int height, int width)
    {
        var graph = new GraphBuilder().Input("x", 1, planes, height, width).Node("Relu", "x", "y").Output("y").Graph;

        PictureInput.Apply(graph);

        Assert.Single(graph.Nodes);
        Assert.False(PictureInput.TakesLevels(graph));
        Assert.Empty(graph.Remarks);
    }

    private static Graph Detector(ElementType type, params Dimension[] shape) => new GraphBuilder(17).Input("x", type, shape)
        .Constant("scale", Tensor.Scalar(1 / 255f)).Constant("w", RandomTensors.Normal(1, 2, 3, 3, 3))
        .Node("Cast", "x", "f", ("to", (long)ElementType.Float)).Node("Mul", "f scale", "m")
        .Node("Transpose", "m", "p", ("perm", new long[] { 0, 3, 1, 2 })).Node("Conv", "p w", "y").Output("y").Graph;
}
