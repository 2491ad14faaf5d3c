using QatPipeline.Graphs.Inference;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Onnx;

public sealed class WriterTests
{
    [Fact]
    public void ExternalData_IsReadBackByUsAndByOnnxRuntime()
    {
        using var folder = new ScratchFolder();
        var graph = Product();
        var inputs = RandomTensors.InputsOf(graph, seed: 2);
        var path = folder.PathOf("model.onnx");

        OnnxWriter.Write(graph, path, externalData: true);

        Assert.Equal(
            ["model.onnx", "model.onnx.data"], Directory.GetFiles(folder.FullName).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.InRange(new FileInfo(path).Length, 1, 1000);
        Assertions.Equal(graph.Initializers["w"], OnnxReader.Read(path).Initializers["w"]);
        Assertions.Close(OrtRunner.Run(graph, inputs), OrtRunner.RunFile(path, inputs), tolerance: 0);
    }

    [Fact]
    public void SameGraph_GivesTheSameBytes()
    {
        Assert.Equal(OnnxWriter.WriteBytes(Product()), OnnxWriter.WriteBytes(Product().Clone()));
    }

    [Fact]
    public void Quantizers_SurviveInMetadataOfAnOrdinaryFloatModel()
    {
        var graph = Product();
        var quantizer = new Quantizer("y.MatMul._weight_quantizer", QuantizationScheme.SignedNarrow)
        {
            IsWeight = true,
            Axis = 1,
            Group = "géant \"1\"",
            IsEnabled = false,
            Ranges = [new(-0.1f, 0.1f), new(-1 / 3f, float.BitIncrement(1 / 3f)), new(-1e-30f, 3e38f)],
        };
        quantizer.Uses.Add(new QuantizerUse("y.MatMul", 1));
        graph.Quantizers.Add(quantizer);
        graph.Metadata["author"] = "test";

        var read = OnnxModels.Read(OnnxWriter.WriteBytes(graph));

        var restored = Assert.Single(read.Quantizers);
        Assert.Equal(quantizer.Ranges, restored.Ranges);
        Assert.Equal(quantizer.Uses, restored.Uses);
        Assert.Equal(
            (quantizer.Name, quantizer.Scheme, quantizer.IsWeight, quantizer.Axis, quantizer.Group, quantizer.IsEnabled),
            (restored.Name, restored.Scheme, restored.IsWeight, restored.Axis, restored.Group, restored.IsEnabled));
        Assert.Equal(["author"], read.Metadata.Keys);
        Assert.Equal(OnnxWriter.WriteBytes(graph), OnnxWriter.WriteBytes(read));
        Assert.Single(OrtRunner.Run(graph, RandomTensors.InputsOf(graph, seed: 2)));
    }

    [Fact]
    public void RangeThatIsNotFinite_IsRefused()
    {
        var graph = Product();
        var quantizer = new Quantizer("q", QuantizationScheme.SignedSymmetric) { Ranges = [new(0, float.NaN)] };
        graph.Quantizers.Add(quantizer);

        Assert.Contains(
            "Quantizer 'q' has the range",
            Assert.Throws<GraphException>(() => OnnxWriter.WriteBytes(graph)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void UnwritableFolder_NamesTheFileAndLeavesNothing()
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("missing", "model.onnx");

        Assert.StartsWith(
            path,
            Assert.Throws<GraphException>(() => OnnxWriter.Write(Product(), path, externalData: true)).Message,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void NodesOutOfOrder_AreWrittenSorted_TheGraphStays()
    {
        var graph = new GraphBuilder().Input("x", 2, 3).Node("Relu", "a", "y").Node("Neg", "x", "a").Output("y").Graph;
        ShapeInference.Apply(graph.Clone());

        Assert.Equal(["Neg", "Relu"], OnnxModels.Read(OnnxWriter.WriteBytes(graph)).Operators());
        Assert.Equal(["Relu", "Neg"], graph.Operators());
    }

    private static Graph Product()
    {
        var graph = new GraphBuilder()
            .Input("x", 2, 64)
            .Constant("w", RandomTensors.Normal(1, 64, 32))
            .Node("MatMul", "x w", "y")
            .Output("y").Graph;
        ShapeInference.Apply(graph);
        return graph;
    }
}
