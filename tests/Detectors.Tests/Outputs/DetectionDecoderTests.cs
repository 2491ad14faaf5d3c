using System.Buffers;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;

namespace QatPipeline.Detectors.Tests.Outputs;

/// <summary>Rows of [cx, cy, w, h, objectness, two class probabilities] on a canvas that is the image.</summary>
public sealed class DetectionDecoderTests
{
    private static readonly LetterboxTransform Identity = new(640, 640, 640, 640, 0, 0, 0, 0, 1, 1);

    [Fact]
    public void Decode_MultiLabel_GivesEveryClassAboveTheThreshold()
    {
        float[] output = [100, 60, 40, 20, 0.5f, 0.8f, 0.4f];

        var detections = Decode(new DetectionOptions(), output);

        Assert.Equal(
            [new Detection(9, 1, new CocoBox(80, 50, 40, 20), 0.4), new Detection(9, 90, new CocoBox(80, 50, 40, 20), 0.2)],
            detections);
    }

    [Theory]
    [InlineData(0.03f, 0.9f, 0)] // objectness at the threshold
    [InlineData(0.9f, 0.03f, 0)] // class at the threshold
    [InlineData(0.1f, 0.2f, 0)] // product below
    [InlineData(0.2f, 0.2f, 1)]
    [InlineData(float.NaN, 0.9f, 0)]
    public void Decode_Confidence_MustBeAboveTheThreshold(float objectness, float probability, int expected) =>
        Assert.Equal(expected, Decode(new DetectionOptions(), [10, 10, 4, 4, objectness, probability, 0]).Count);

    [Fact]
    public void Decode_OverlappingBoxes_KeepsTheBestOfEachClass()
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
    public void Decode_LetterboxedBox_IsMappedBackAndClipped()
    {
        var transform = new LetterboxTransform(300, 200, 600, 400, 20, 120, 20, 120, 2, 2);
        var decoder = new DetectionDecoder(new DetectionOptions(), [1]);
        var found = decoder.Decode([new OutputTensor("out", [1, 6], new float[] { 40, 140, 80, 20, 1, 1 })], (640, 640), 3, transform);
        Assert.Equal(new Detection(3, 1, new CocoBox(0, 5, 30, 10), 1), Assert.Single(found));
    }

    [Fact]
    public void Decode_Batch_KeepsTheOrderOfTheImages()
    {
        float[] values = [100, 60, 40, 20, 0.5f, 0.8f, 0, 100, 60, 40, 20, 0.5f, 0, 0.9f];
        using var batch = new ImageBatch(
            ArrayPool<byte>.Shared.Rent(2), [new CocoImage(7, "", 640, 640), new CocoImage(3, "", 640, 640)], [Identity, Identity], 0, 0);

        var detections = new DetectionDecoder(new DetectionOptions(), [1, 90]).Decode([new OutputTensor("out", [2, 1, 7], values)], batch);

        Assert.Equal([(7L, 1L), (3, 90)], detections.Select(found => (found.ImageId, found.CategoryId)));
    }

    [Fact]
    public void Decode_OtherNumberOfClasses_NamesBoth()
    {
        var error = Assert.Throws<DetectorException>(() => new DetectionDecoder(new DetectionOptions(), [1, 90]).Decode(
            [new OutputTensor("out", [1, 8], new float[8])], (640, 640), 7, Identity));

        Assert.Contains("5 + 3 classes, but the data sets have 2 categories", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Detection> Decode(DetectionOptions options, float[] output) =>
        new DetectionDecoder(options, [1, 90]).Decode([new OutputTensor("out", [output.Length / 7, 7], output)], (640, 640), 9, Identity);
}
