using QatPipeline.Graphs;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Yolov6.Networks;
using QatPipeline.Yolov6.PostTraining;

namespace QatPipeline.Yolov6.Tests.PostTraining;

public sealed class HalfPrecisionTests
{
    [Fact]
    public void Round_WeightsAndRanges_AreThoseOfAHalfPrecisionFile()
    {
        var graph = Yolov6Network.Build(new Yolov6Options { WidthMultiple = 0.125, InputHeight = 64, InputWidth = 64, Seed = 1 }).Graph;
        TargetRegistry.TensorRt.Place(graph);
        graph.Quantizers.ForEach(quantizer => quantizer.Ranges = [QuantizationRange.FromAmax(0.1f)]);

        var rounded = HalfPrecision.Round(graph);

        Assert.All(rounded.Quantizers, quantizer => Assert.Equal(QuantizationRange.FromAmax((float)(Half)0.1f), quantizer.Ranges[0]));
        Assert.Equal(
            graph.Initializers["backbone.stem.conv.weight"].ToFloats().Select(value => (float)(Half)value),
            rounded.Initializers["backbone.stem.conv.weight"].ToFloats());
        Assert.Equal(graph.Initializers["decode.points"].ToFloats(), rounded.Initializers["decode.points"].ToFloats());
        Assert.Equal(0.1f, graph.Quantizers[0].Ranges[0].High);
    }
}
