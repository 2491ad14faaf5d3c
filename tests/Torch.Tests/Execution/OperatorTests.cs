using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Torch.Tests.Support;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>Every operator against ONNX Runtime on small random cases.</summary>
public sealed class OperatorTests
{
    public static TheoryData<string> Cases => [.. OperatorCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_EqualsOnnxRuntime(string name)
    {
        var (node, inputs, constants, opset) = OperatorCases.All[name];
        var graph = SmallGraphs.Of(node, inputs, constants, opset);

        var expected = OrtRunner.Run(graph, inputs);
        var actual = SmallGraphs.Run(graph, inputs);

        Assertions.Close(expected, actual, 1e-5f);
    }

    [Fact]
    public void Operator_Unknown_NamesNodeAndOperator()
    {
        var inputs = new Dictionary<string, GraphTensor> { ["x0"] = RandomTensors.Normal(1, 2, 3) };
        var graph = SmallGraphs.Of(
            new Node("strange one", "RoiAlign", ["x0"], ["y0"]), inputs, new Dictionary<string, GraphTensor>(), 17);

        var error = Assert.Throws<TorchExecutionException>(() => SmallGraphs.Run(graph, inputs));

        Assert.Contains("RoiAlign", error.Message, StringComparison.Ordinal);
        Assert.Contains("strange one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_ShapesThatDoNotFit_NamesNodeAndShapes()
    {
        var inputs = new Dictionary<string, GraphTensor> { ["x0"] = RandomTensors.Normal(1, 1, 3, 8, 8) };
        var constants = new Dictionary<string, GraphTensor> { ["w"] = RandomTensors.Normal(2, 4, 5, 3, 3) };
        var graph = SmallGraphs.Of(new Node("conv_7", "Conv", ["x0", "w"], ["y0"]), inputs, constants, 17);

        var error = Assert.Throws<TorchExecutionException>(() => SmallGraphs.Run(graph, inputs));

        Assert.Contains("conv_7", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1,3,8,8]", error.Message, StringComparison.Ordinal);
    }
}
