using QatPipeline.Engines.OnnxRuntime;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

public sealed class OrtNodeProfilerTests
{
    [Fact]
    public void Profile_ListsEveryNodeOnce_InOrder()
    {
        using var folder = new ScratchFolder();
        var model = TinyModels.WriteFloat(folder.PathOf("f.onnx"), batch: null);

        var nodes = OrtNodeProfiler.Profile(model, new() { Threads = 1, OptimizeGraph = false }, runs: 2);

        Assert.Equal(["conv0", "relu0", "conv1", "relu1", "conv2", "relu2"], nodes.Select(node => node.Name));
        Assert.Equal(["Conv", "Relu"], nodes.Take(2).Select(node => node.Operator));
    }

    [Fact]
    public void Profile_LeavesNoFileBehind()
    {
        using var folder = new ScratchFolder();
        var model = TinyModels.WriteFloat(folder.PathOf("f.onnx"), batch: null);
        var before = Directory.GetFiles(Environment.CurrentDirectory);

        OrtNodeProfiler.Profile(model, new() { Threads = 1 }, runs: 1);

        Assert.Equal(before, Directory.GetFiles(Environment.CurrentDirectory));
        Assert.Equal([model], Directory.GetFiles(folder.FullName));
    }
}
