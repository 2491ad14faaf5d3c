using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Detectors.Tests.Outputs;

/// <summary>Layouts by example, on a canvas of 64×96 pixels that is the picture.</summary>
public sealed class DetectorRecognitionTests
{
    private static readonly (int Height, int Width) Canvas = (64, 96);
    private static readonly LetterboxTransform Identity = new(96, 64, 96, 64, 0, 0, 0, 0, 1, 1);

    [Theory]
    [InlineData(6, new[] { 10f, 20, 30, 50, 0.9f, 2 })]
    [InlineData(6, new[] { 2f, 0.9f, 10, 20, 30, 50 })]
    [InlineData(7, new[] { 0f, 10, 20, 30, 50, 2, 0.9f })]
    [InlineData(7, new[] { 0f, 2, 0.9f, 10, 20, 30, 50 })]
    public void Of_FinalDetections_FindsTheColumns(int length, float[] row)
    {
        float[] values = [.. row, .. new float[length * 9]];
        var outputs = new[] { new OutputTensor("out", [1, 10, length], values) };

        var (description, found) = Read(outputs, [1, 2, 3]);

        Assert.Equal(OutputLayout.EndToEnd, description.Layout);
        Assert.Equal(new Detection(9, 3, new CocoBox(10, 20, 20, 30), 0.9), Assert.Single(found));
    }

    [Fact]
    public void Decode_ListsOfABatch_AreTakenApart()
    {
        var outputs = new[]
        {
            new OutputTensor("labels", [2, 1], new[] { 0f, 2 }),
            new OutputTensor("boxes", [2, 1, 4], new[] { 0f, 0, 8, 8, 10, 20, 30, 50 }),
            new OutputTensor("scores", [2, 1], new[] { 0.5f, 0.9f }),
        };
        var description = DetectorRecognition.Of(new DetectorProbe(outputs, 2, Canvas), new DetectorRequest(), [1, 2, 3]);
        using var batch = new ImageBatch(
            System.Buffers.ArrayPool<byte>.Shared.Rent(1),
            [new CocoImage(9, "", 96, 64), new CocoImage(10, "", 96, 64)],
            [Identity, Identity],
            Canvas.Height,
            Canvas.Width);

        var found = new DetectionDecoder(new DetectionOptions(), [1, 2, 3], description).Decode(outputs, batch);

        Assert.Equal([new(9, 1, new CocoBox(0, 0, 8, 8), 0.5), new Detection(10, 3, new CocoBox(10, 20, 20, 30), 0.9)], found);
    }

    [Fact]
    public void Of_NoDetections_SaysThatThePictureTellsNothing()
    {
        var probe = new DetectorProbe(
            [new("boxes", [0, 4], ReadOnlyMemory<float>.Empty), new("labels", [0], default), new("scores", [0], default)],
            1,
            Canvas);

        Assert.True(probe.IsEmpty);
        var description = DetectorRecognition.Of(probe, new DetectorRequest(), [1, 2]);
        Assert.Equal((OutputLayout.BoxesScoresLabels, true), (description.Layout, description.TakesOne));
    }

    [Fact]
    public void Of_NetworkThatTakesLevels_LeavesScalingToIt()
    {
        var outputs = new[] { new OutputTensor("output0", [1, 6, 126], new float[6 * 126]) };

        var description = DetectorRecognition.Of(
            new DetectorProbe(outputs, 1, Canvas), new DetectorRequest { Layout = "yolov8", TakesLevels = true }, [1, 2]);

        Assert.Equal("RGB, levels 0…255", description.Input.ToString());
    }

    [Fact]
    public void Of_BackgroundBeforeOneClass_ReadsTheFaces()
    {
        var outputs = new[]
        {
            new OutputTensor("scores", [1, 3, 2], new[] { 0.9f, 0.1f, 0.98f, 0.02f, 0.2f, 0.8f }),
            new OutputTensor("boxes", [1, 3, 4], new[] { 0f, 0, 0.1f, 0.1f, 0, 0, 0.2f, 0.2f, 0.25f, 0.25f, 0.5f, 0.75f }),
        };

        var (description, found) = Read(outputs, [1]);

        Assert.Equal((OutputLayout.BoxesScores, BackgroundClass.First), (description.Layout, description.Background));
        Assert.Equal("RGB, levels 0…255, minus 127 127 127, by 128 128 128", description.Input.ToString());
        Assert.Equal([new(9, 1, new CocoBox(24, 16, 24, 32), 0.8), new Detection(9, 1, new CocoBox(0, 0, 9.6, 6.4), 0.1)], found);
    }

    [Fact]
    public void Of_QueriesWithScoresById_ReadsThemUnsuppressed()
    {
        // Two queries on the same object: a set prediction means both.
        var scores = new float[2 * 92];
        scores[5] = scores[92 + 5] = 12;
        scores[91] = scores[92 + 91] = 8;
        var outputs = new[]
        {
            new OutputTensor("logits", [1, 2, 92], scores),
            new OutputTensor("pred_boxes", [1, 2, 4], new[] { 0.5f, 0.5f, 0.5f, 0.25f, 0.5f, 0.5f, 0.5f, 0.25f }),
        };

        var (description, found) = Read(outputs, [1, 5, 90]);

        Assert.Equal((true, true, BackgroundClass.Last), (description.IsFinal, description.IsByCategoryId, description.Background));
        Assert.Equal([5L, 5L], found.Select(detection => detection.CategoryId));
        Assert.Equal(new CocoBox(24, 24, 48, 16), found[0].Box);
    }

    [Fact]
    public void Of_OneMap_ReadsItsCells()
    {
        // Two classes on a map of 2×3 cells: an object in the middle cell of the lower row, half the picture wide and high.
        var map = new float[7 * 6];
        map[4] = 0.81f;
        (map[6 + 4], map[12 + 4]) = (MathF.Atanh(0.5f), MathF.Atanh(0.5f));
        map[(6 * 6) + 4] = 0.81f;

        var (description, found) = Read([new OutputTensor("758", [1, 7, 2, 3], map)], [1, 2]);

        Assert.Equal(OutputLayout.Cells, description.Layout);
        Assert.Equal(new Detection(9, 2, new CocoBox(24, 32, 48, 32), 0.81), Assert.Single(found) with { Score = 0.81 });
        Assert.Equal(0.81, found[0].Score, 1e-4);
    }

    [Fact]
    public void Of_ThreeAnchorsACell_ReadsThemRelativeToTheAnchorBoxes()
    {
        float[] Head(int rows, int columns) => [.. Enumerable.Repeat(-20f, 3 * 7 * rows * columns)];
        var (fine, coarse) = (Head(8, 12), Head(4, 6));

        // The second anchor of the first stride, cell (1, 2): offsets of half a cell, the anchor box's own size, the second class.
        var cell = (1 * 12) + 2;
        foreach (var (channel, value) in new[] { (0, 0f), (1, 0f), (2, 0f), (3, 0f), (4, 20f), (6, 20f) })
        {
            fine[(((1 * 7) + channel) * 96) + cell] = value;
        }

        var (description, found) = Read([new("p4", [1, 21, 4, 6], coarse), new("p3", [1, 21, 8, 12], fine)], [1, 2]);

        Assert.Equal(OutputLayout.Anchors, description.Layout);
        Assert.Equal(new CocoBox(12, 0, 16, 27), Assert.Single(found).Box);
    }

    [Fact]
    public void Of_KeyPointsBehindTheClass_IgnoresThem()
    {
        var values = new float[56 * 126];
        (values[0], values[126], values[252], values[378], values[504]) = (48, 32, 20, 10, 0.9f);

        var (description, found) = Read([new OutputTensor("output0", [1, 56, 126], values)], [1]);

        Assert.Equal(OutputLayout.Classes, description.Layout);
        Assert.Equal(new CocoBox(38, 27, 20, 10), Assert.Single(found).Box);
    }

    [Fact]
    public void Of_TwoOutputsOfOneLayout_ListsBothAndTheLineToWrite()
    {
        float[] values = [.. Enumerable.Repeat(new[] { 40f, 30, 20, 10, 0.5f, 0.5f, 0.5f }, 126).SelectMany(row => row)];
        var outputs = new[] { new OutputTensor("main", [1, 126, 7], values), new OutputTensor("aux", [1, 126, 7], values) };

        var error = Assert.Throws<DetectorException>(() => Read(outputs, [1, 2]));

        Assert.Contains(
            "model.detector: { layout: rows, outputs: [main] } or model.detector: { layout: rows, outputs: [aux] }",
            error.Message,
            StringComparison.Ordinal);
        var probe = new DetectorProbe(outputs, 1, Canvas);
        Assert.Equal(["aux"], DetectorRecognition.Of(probe, new DetectorRequest { Outputs = ["aux"] }, [1, 2]).Outputs);
    }

    [Theory]
    [InlineData(null, "The model's outputs c3 [1, 84, 8, 8] are of no layout that is known for the 2 classes of the data sets")]
    [InlineData("yolov8", "model.detector.layout is 'yolov8', but the model's outputs c3 [1, 84, 8, 8] are not of that layout for the 2 classes")]
    public void Of_OtherOutputs_NamesThem(string? layout, string message)
    {
        var probe = new DetectorProbe([new OutputTensor("c3", [1, 84, 8, 8], new float[84 * 64])], 1, Canvas);

        var error = Assert.Throws<DetectorException>(() => DetectorRecognition.Of(probe, new DetectorRequest { Layout = layout }, [1, 2]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(
            layout is null, error.Message.Contains("With other classes they look like FastestDet: 79 classes", StringComparison.Ordinal));
    }

    [Fact]
    public void Apply_Description_BringsPixelsToTheNetworksOwn()
    {
        float[] pixels = [1, 0.5f, 0, 51 / 255f, 0, 1];
        new InputDescription { Channels = ChannelOrder.Bgr, Scale = 1, Mean = [1, 2, 3], Deviation = [1, 1, 2] }.Apply(pixels, 2);
        Assert.Equal([-1f, 254, -2, 49, 126, 62.25f], pixels, (expected, actual) => MathF.Abs(expected - actual) < 1e-3f);
    }

    [Theory]
    [InlineData(Placement.Centre, 96, 48, 0, 8)]
    [InlineData(Placement.Corner, 96, 48, 0, 0)]
    [InlineData(Placement.Stretch, 96, 64, 0, 0)]
    public void Plan_Placement_PutsThePictureThere(Placement placement, int width, int height, int left, int top)
    {
        var protocol = EvaluationProtocol.E2(96) with { Height = 64, Width = 96, Placement = placement };
        var transform = LetterboxTransform.Plan(192, 96, 96, 48, protocol.CanvasFor([]), protocol);
        Assert.Equal((width, height, left, top), (transform.ResizedWidth, transform.ResizedHeight, transform.Left, transform.Top));
        Assert.Equal((0, 0, 192, 96), transform.ToOriginal(left, top, left + width, top + height));
    }

    private static (DetectorDescription Description, IReadOnlyList<Detection> Found) Read(OutputTensor[] outputs, long[] categoryIds)
    {
        var description = DetectorRecognition.Of(new DetectorProbe(outputs, 1, Canvas), new DetectorRequest(), categoryIds);
        using var batch = new ImageBatch(
            System.Buffers.ArrayPool<byte>.Shared.Rent(1), [new CocoImage(9, "", 96, 64)], [Identity], Canvas.Height, Canvas.Width);
        return (description, new DetectionDecoder(new DetectionOptions(), categoryIds, description).Decode(outputs, batch));
    }
}
