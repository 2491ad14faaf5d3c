using QatPipeline.Coco.Detections;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Detectors.Tests.Outputs;

/// <summary>Networks that differ in their layout only.</summary>
public sealed class LayoutEquivalenceTests
{
    private static readonly (int Height, int Width) Canvas = (LayoutSamples.Size, LayoutSamples.Size);
    private static readonly LetterboxTransform Identity = new(64, 64, 64, 64, 0, 0, 0, 0, 1, 1);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Decode_ModelsThatDifferInLayoutOnly_GivesTheSameDetections(int seed)
    {
        IReadOnlyList<Detection>? expected = null;
        foreach (var (name, layout, outputs) in new LayoutSamples(seed).All())
        {
            var probe = new DetectorProbe(outputs, 1, (LayoutSamples.Size, LayoutSamples.Size));

            var description = DetectorRecognition.Of(probe, new DetectorRequest(), LayoutSamples.CategoryIds);

            Assert.True(layout == description.Layout, $"{name} was read as {description.Layout}");
            var found = Decode(description, outputs);
            expected ??= found;
            Assert.NotEmpty(expected);
            Assert.True(AreEqual(expected, found), $"seed {seed}, {name}: {expected.Count} and {found.Count} detections differ");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Decode_FinalDetectionsInThreeOutputs_GivesTheSameDetections(int seed)
    {
        var (_, _, rows) = new LayoutSamples(seed).All().First();
        var expected = Decode(Recognised(rows), rows);
        long PositionOf(Detection detection) => Array.IndexOf(LayoutSamples.CategoryIds, detection.CategoryId);
        foreach (var (name, background, isById, label) in new (string, BackgroundClass, bool, Func<Detection, long>)[]
        {
            ("positions", BackgroundClass.None, false, PositionOf),
            ("behind a background", BackgroundClass.First, false, detection => PositionOf(detection) + 1),
            ("ids", BackgroundClass.None, true, detection => detection.CategoryId),
        })
        {
            foreach (var (way, outputs) in LayoutSamples.Labelled(expected, label))
            {
                var description = Recognised(outputs);

                Assert.Equal(
                    (OutputLayout.BoxesScoresLabels, background, isById, way == "torchvision"),
                    (description.Layout, description.Background, description.IsByCategoryId, description.TakesOne));
                Assert.True(AreEqual(expected, Decode(description, outputs)), $"seed {seed}, {name}, {way}");
                Assert.Equal(description.ToJson(), DetectorDescription.FromJson(description.ToJson()).ToJson());
            }
        }
    }

    [Fact]
    public void FromJson_OfADescription_IsTheSameDescription()
    {
        foreach (var (_, _, outputs) in new LayoutSamples(1).All())
        {
            var probe = new DetectorProbe(outputs, 1, (LayoutSamples.Size, LayoutSamples.Size));
            var text = DetectorRecognition.Of(probe, new DetectorRequest(), LayoutSamples.CategoryIds).ToJson();
            Assert.Equal(text, DetectorDescription.FromJson(text).ToJson());
        }
    }

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 100)];

    private static DetectorDescription Recognised(OutputTensor[] outputs) =>
        DetectorRecognition.Of(new DetectorProbe(outputs, 1, Canvas), new DetectorRequest(), LayoutSamples.CategoryIds);

    private static IReadOnlyList<Detection> Decode(DetectorDescription description, OutputTensor[] outputs)
    {
        var pixels = System.Buffers.ArrayPool<byte>.Shared.Rent(3 * LayoutSamples.Size * LayoutSamples.Size);
        using var batch = new ImageBatch(
            pixels, [new Coco.Data.CocoImage(1, "", 64, 64)], [Identity], LayoutSamples.Size, LayoutSamples.Size);
        return new DetectionDecoder(new DetectionOptions(), LayoutSamples.CategoryIds, description).Decode(outputs, batch);
    }

    private static bool AreEqual(IReadOnlyList<Detection> expected, IReadOnlyList<Detection> found) =>
        expected.Count == found.Count && expected.All(detection => found.Any(other =>
            other.CategoryId == detection.CategoryId
            && Math.Abs(other.Score - detection.Score) < 1e-4
            && Math.Abs(other.Box.X - detection.Box.X) < 0.02
            && Math.Abs(other.Box.Y - detection.Box.Y) < 0.02
            && Math.Abs(other.Box.Width - detection.Box.Width) < 0.02
            && Math.Abs(other.Box.Height - detection.Box.Height) < 0.02));
}
