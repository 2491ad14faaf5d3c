using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Tests.Targets;

public sealed class TargetRegistryTests
{
    [Fact]
    public void Get_UnknownName_ListsTheTargets() => Assert.Contains(
        "ort-cpu, tensorrt", Assert.Throws<GraphException>(() => TargetRegistry.Get("npu")).Message, StringComparison.Ordinal);

    [Fact]
    public void Build_UnknownForm_ListsTheForms() => Assert.Contains(
        "float, ort-cpu, tensorrt-qdq, tensorrt-implicit",
        Assert.Throws<GraphException>(() => TargetRegistry.Build(TargetNetworks.ConvReluChain(1), "npu")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("ort-cpu", "OrtCpu")]
    [InlineData("tensorrt", "TensorRt")]
    public void Place_MarksTheGraph_SoThatFilesOfEarlierVersionsKeepTheirTarget(string name, string mark)
    {
        var graph = TargetNetworks.ConvReluChain(1);

        TargetRegistry.Get(name).Place(graph);

        Assert.Equal(mark, graph.Metadata["quantization.target"]);
        Assert.Same(TargetRegistry.Get(name), TargetRegistry.Of(graph));
    }

    [Fact]
    public void Write_ImplicitForm_PutsTheCacheBesideTheModel()
    {
        using var folder = new ScratchFolder();
        var calibrated = TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(2), TargetRegistry.TensorRt);

        var files = TargetRegistry.Build(calibrated, "tensorrt-implicit").Write(folder.PathOf("net.onnx"));

        Assert.Equal([folder.PathOf("net.onnx"), folder.PathOf("net.cache")], files);
        Assert.All(files, file => Assert.True(File.Exists(file), file));
    }

    [Fact]
    public void Estimate_OfACalibratedGraph_IsThatOfItsForm()
    {
        var calibrated = TargetNetworks.Calibrated(TargetNetworks.ConvReluChain(2), TargetRegistry.OrtCpu);

        var deployed = TargetRegistry.OrtCpu.Estimate(TargetRegistry.Build(calibrated, "ort-cpu").Graph, MachineProfiles.Avx2);

        Assert.Equal(deployed!.Milliseconds, TargetRegistry.OrtCpu.Estimate(calibrated, MachineProfiles.Avx2)!.Milliseconds);
        Assert.Null(TargetRegistry.TensorRt.Estimate(calibrated, MachineProfiles.Avx2));
    }
}
