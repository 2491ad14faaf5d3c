using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Tests.Outputs;

/// <summary>Rows of [cx, cy, w, h, objectness, two class probabilities] on a canvas that is the image.</summary>
public sealed class DetectionDecoderTests
{
    private static readonly LetterboxTransform _identity = new(640, 640, 640, 640, 0, 0, 0, 0, 1, 1);

    [Fact]
    public void Multi_label_gives_every_class_above_the_threshold()
    {
        float[] output = [100, 60, 40, 20, 0.5f, 0.8f, 0.4f];

        var detections = Decode(new DetectionOptions(), output);

        Assert.Equal(
            [new Detection(9, 1, new CocoBox(80, 50, 40, 20), 0.4), new Detection(9, 90, new CocoBox(80, 50, 40, 20), 0.2)],
            detections);
        Assert.Single(Decode(new DetectionOptions { IsMultiLabel = false }, output));
    }

    [Theory]
    [InlineData(0.03f, 0.9f, 0)] // objectness at the threshold
    [InlineData(0.9f, 0.03f, 0)] // class at the threshold
    [InlineData(0.1f, 0.2f, 0)] // product below
    [InlineData(0.2f, 0.2f, 1)]
    [InlineData(float.NaN, 0.9f, 0)]
    public void Confidence_must_be_above_the_threshold(float objectness, float probability, int expected) =>
        Assert.Equal(expected, Decode(new DetectionOptions(), [10, 10, 4, 4, objectness, probability, 0]).Count);

    [Fact]
    public void Suppression_is_class_wise_and_keeps_the_best()
    {
        float[] output =
        [
            100, 100, 40, 40, 1, 0.6f, 0,
            102, 100, 40, 40, 1, 0.9f, 0,
            101, 100, 40, 40, 1, 0, 0.7f,
            300, 100, 40, 40, 1, 0.5f, 0,
        ];

        Assert.Equal(
            [(1L, 0.9), (90, 0.7), (1, 0.5)], Decode(new DetectionOptions(), output).Select(found => (found.CategoryId, found.Score)));
        Assert.Equal(2, Decode(new DetectionOptions { MaximumDetections = 2 }, output).Count);
        Assert.Equal(4, Decode(new DetectionOptions { Iou = 0.95 }, output).Count);
    }

    [Fact]
    public void Boxes_are_mapped_back_and_clipped()
    {
        var transform = new LetterboxTransform(300, 200, 600, 400, 20, 120, 20, 120, 2, 2);
        var decoder = new DetectionDecoder(new DetectionOptions(), [1]);
        var found = decoder.Decode([40, 140, 80, 20, 1, 1], 3, transform);
        Assert.Equal(new Detection(3, 1, new CocoBox(0, 5, 30, 10), 1), Assert.Single(found));
    }

    private static IReadOnlyList<Detection> Decode(DetectionOptions options, float[] output) =>
        new DetectionDecoder(options, [1, 90]).Decode(output, 9, _identity);
}
