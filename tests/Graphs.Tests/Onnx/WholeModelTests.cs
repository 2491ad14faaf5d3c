using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Graphs.Tests.Support;

namespace QatPipeline.Graphs.Tests.Onnx;

/// <summary>Models whose weights lie in a file beside them, as one file.</summary>
public sealed class WholeModelTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Copy_OfWeightsBesideTheModel_HoldsThemItself()
    {
        var graph = WriteWithDataBeside();

        WholeModel.Copy(_folder.PathOf("model.onnx"), _folder.PathOf("copy.onnx"));

        Assertions.Equal(graph.Initializers["w"], OnnxReader.Read(_folder.PathOf("copy.onnx")).Initializers["w"]);
        Assert.Equal([_folder.PathOf("model.onnx.data")], WholeModel.FilesBeside(_folder.PathOf("model.onnx")));
        Assert.Empty(WholeModel.FilesBeside(_folder.PathOf("copy.onnx")));
    }

    [Fact]
    public void Copy_OfAModelInOneFile_IsTheSameBytes()
    {
        var graph = new GraphBuilder().Input("x", 1, 3).Node("Relu", "x", "y").Output("y").Graph;
        OnnxWriter.Write(graph, _folder.PathOf("model.onnx"));

        WholeModel.Copy(_folder.PathOf("model.onnx"), _folder.PathOf("copy.onnx"));

        Assert.Equal(File.ReadAllBytes(_folder.PathOf("model.onnx")), File.ReadAllBytes(_folder.PathOf("copy.onnx")));
    }

    [Fact]
    public void Copy_WithoutTheDataFile_NamesModelTensorAndFile()
    {
        WriteWithDataBeside();
        File.Delete(_folder.PathOf("model.onnx.data"));

        var error = Assert.Throws<GraphException>(
            () => WholeModel.Copy(_folder.PathOf("model.onnx"), _folder.PathOf("copy.onnx")));

        Assert.StartsWith(_folder.PathOf("model.onnx") + ": initializer 'w'", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.onnx.data' does not exist", error.Message, StringComparison.Ordinal);
    }

    private Graph WriteWithDataBeside()
    {
        var graph = new GraphBuilder().Input("x", 1, 32).Constant("w", RandomTensors.Normal(1, 32, 32))
            .Node("MatMul", "x w", "y").Output("y").Graph;
        OnnxWriter.Write(graph, _folder.PathOf("model.onnx"), externalData: true);
        return graph;
    }
}
