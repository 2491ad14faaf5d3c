using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Quantizers;

/// <summary>The rules give what the reference lists by name (5.1, 7.2).</summary>
public sealed class Yolov6PlacementTests
{
    private static Graph Place(ITarget target)
    {
        var graph = Yolov6Sketch.Build();
        target.Place(graph);
        return graph;
    }

    [Fact]
    public void TensorRt_CountsAreTheReferences()
    {
        var graph = Place(TargetRegistry.TensorRt);

        var activations = graph.Quantizers.Where(quantizer => !quantizer.IsWeight).ToArray();
        Assert.Equal(61, activations.Length);
        Assert.Equal(63, activations.Sum(quantizer => quantizer.Uses.Count));
        Assert.Equal(58, graph.Quantizers.Count(quantizer => quantizer.IsWeight));
        Assert.All(activations, quantizer => Assert.Equal(QuantizationScheme.SignedSymmetric, quantizer.Scheme));
        Assert.All(
            graph.Quantizers.Where(quantizer => quantizer.IsWeight),
            quantizer => Assert.Equal((QuantizationScheme.SignedNarrow, 0), (quantizer.Scheme, quantizer.Axis)));
    }

    [Fact]
    public void TensorRt_NamesAreTheReferences()
    {
        var names = Place(TargetRegistry.TensorRt).Quantizers.Select(quantizer => quantizer.Name).ToHashSet();

        Assert.Superset(
            new HashSet<string>
            {
                "backbone.stem.conv._input_quantizer", "backbone.stem.conv._weight_quantizer", "backbone.ERBlock_5.2.m._input_quantizer",
                "neck.upsample0.upsample_transpose._weight_quantizer", "neck.upsample1.upsample_transpose._output_quantizer",
                "detect.reg_preds.2._input_quantizer",
            },
            names);
    }

    [Fact]
    public void TensorRt_PoolingQuantizerIsAppliedThreeTimes() =>
        Assert.Equal(
            ["backbone.ERBlock_5.2.m", "backbone.ERBlock_5.2.m_1", "backbone.ERBlock_5.2.m_2"],
            Place(TargetRegistry.TensorRt).Quantizers
                .Single(quantizer => quantizer.Name == "backbone.ERBlock_5.2.m._input_quantizer").Uses
                .Select(use => use.Node));

    [Fact]
    public void TensorRt_GroupsAreTheReferencesAndOneForEachTensorReadTwice()
    {
        var groups = Place(TargetRegistry.TensorRt).Quantizers
            .Where(quantizer => quantizer.Group is not null)
            .GroupBy(quantizer => quantizer.Group)
            .Select(
                group => string.Join(
                    " ",
                    group
                        .Select(quantizer => quantizer.Name.Replace("._input_quantizer", "", StringComparison.Ordinal))
                        .Order(StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "backbone.ERBlock_4.0.conv neck.Rep_p3.conv1.conv neck.upsample1.upsample_transpose._output_quantizer",
                "backbone.ERBlock_5.0.conv neck.Rep_p4.conv1.conv neck.upsample0.upsample_transpose._output_quantizer",
                "backbone.ERBlock_5.2.cv2.conv backbone.ERBlock_5.2.m",
                "detect.cls_convs.0.conv detect.reg_convs.0.conv",
                "detect.cls_convs.1.conv detect.reg_convs.1.conv",
                "detect.cls_convs.2.conv detect.reg_convs.2.conv",
                "detect.stems.0.conv neck.downsample2.conv",
                "detect.stems.1.conv neck.downsample1.conv",
                "neck.Rep_n3.conv1.conv neck.upsample1.upsample_transpose",
                "neck.Rep_n4.conv1.conv neck.upsample0.upsample_transpose",
            ],
            groups);
    }

    [Fact]
    public void OrtCpu_QuantizesEveryTensorOnceForAllItsReaders()
    {
        var graph = Place(TargetRegistry.OrtCpu);
        var links = graph.Link();
        var consumers = graph.Nodes.SelectMany(
            node => node.Inputs.Select((input, index) => (input, Quantizer: links.QuantizerAt(node.Name, index))))
            .Where(pair => pair.Quantizer is not null)
            .GroupBy(pair => pair.input);

        Assert.All(consumers, tensor => Assert.Single(tensor.Select(pair => pair.Quantizer).Distinct()));
        Assert.All(consumers, tensor => Assert.Equal(tensor.Count(), links.ConsumersOf(tensor.Key).Count));
    }

    [Fact]
    public void OrtCpu_PredictionOutputsAreQuantizedAndDecodingIsNot()
    {
        var links = Place(TargetRegistry.OrtCpu).Link();

        Assert.NotNull(links.QuantizerAt("detect.sigmoid.0", 0));
        Assert.Null(links.QuantizerAt("detect.classes", 0));
        Assert.Null(links.QuantizerAt("detect.sum", 0));
    }

    [Fact]
    public void OrtCpu_SchemesFollowSigns()
    {
        var links = Place(TargetRegistry.OrtCpu).Link();

        Assert.Equal(QuantizationScheme.UnsignedNonNegative, links.QuantizerAt("backbone.stem.conv", 0)!.Scheme);
        Assert.Equal(QuantizationScheme.UnsignedNonNegative, links.QuantizerAt("backbone.ERBlock_5.2.cv2.conv", 0)!.Scheme);
        Assert.Equal(QuantizationScheme.UnsignedNonNegative, links.QuantizerAt("detect.stems.0.act.mul", 1)!.Scheme);
        Assert.Equal(QuantizationScheme.UnsignedAffine, links.QuantizerAt("detect.stems.0.act.mul", 0)!.Scheme);
        Assert.Equal(QuantizationScheme.UnsignedAffine, links.QuantizerAt("detect.cls_convs.0.conv", 0)!.Scheme);
    }
}
