using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Quantizers;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets.OrtCpu;

public sealed class IntegerHardSwishTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(4.7f)]
    [InlineData(30f)]
    public void Form_ComputesHardSwishOfTheCodes(float high)
    {
        var graph = Calibrated(high);
        var inputs = RandomTensors.InputsOf(graph, seed: 4);

        var written = TargetRegistry.Build(graph, "ort-cpu").Graph;

        // One code of the output at most: the product is rounded once, in another order of operations.
        var (expected, actual) = (OrtRunner.Run(QuantizerSimulation.Expand(graph), inputs)["y"], OrtRunner.Run(written, inputs)["y"]);
        Assert.DoesNotContain(written.Nodes, node => node.OpType == "HardSwish");
        Assert.Equal(expected.ToFloats(), actual.ToFloats(), (one, other) => MathF.Abs(one - other) < 1e-3f);
    }

    [Fact]
    public void Runtime_RunsItOnIntegers()
    {
        var optimized = OrtRunner.Optimized(TargetRegistry.Build(Calibrated(4), "ort-cpu").Graph);

        Assert.Equal(2, optimized.Nodes.Count(node => node.OpType == "QLinearConv"));
        Assert.Equal(1, optimized.Nodes.Count(node => node.OpType == "QLinearMul"));
        Assert.DoesNotContain(optimized.Nodes, node => node.OpType is "HardSwish" or "HardSigmoid");
    }

    [Fact]
    public void Lint_PredictsIntegerKernels()
    {
        var kernels = TargetRegistry.OrtCpu.Lint(Calibrated(4)).Kernels;

        Assert.All(kernels, kernel => Assert.Equal(KernelKind.Integer, kernel.Kernel));
    }

    [Fact]
    public void Certificate_FindsTheFormEqualToTheSimulation()
    {
        var graph = Calibrated(4);

        Assert.True(EqualityCertificate.Compare(graph, TargetRegistry.Build(graph, "ort-cpu")).IsEqual);
    }

    private static Graph Calibrated(float high)
    {
        var graph = new GraphBuilder(opset: 14)
            .Input("x", 1, 4, 6, 6)
            .Constant("wa", RandomTensors.Normal(1, 16, 4, 1, 1))
            .Constant("wb", RandomTensors.Normal(2, 16, 16, 1, 1))
            .Node("Conv", "x wa", "a")
            .Node("HardSwish", "a", "h")
            .Node("Conv", "h wb", "y")
            .Output("y").Graph;
        TargetRegistry.OrtCpu.Place(graph, new PlacementOptions { SkipNodes = [] });
        foreach (var quantizer in graph.Quantizers.Where(quantizer => !quantizer.IsWeight))
        {
            quantizer.Ranges = [new QuantizationRange(quantizer.Scheme == QuantizationScheme.UnsignedNonNegative ? 0 : -high, high)];
        }

        WeightRanges.Refresh(graph);
        return graph;
    }
}
