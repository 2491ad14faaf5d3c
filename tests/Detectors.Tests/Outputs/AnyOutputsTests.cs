using QatPipeline.Coco.Data;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Preprocessing;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Detectors.Tests.Outputs;

/// <summary>Outputs of no network in particular.</summary>
public sealed class AnyOutputsTests
{
    private static readonly int[] Sizes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 24, 32, 36, 37, 64, 84];

    [Fact]
    public void Of_AnyOutputs_AreReadOrRefusedInWords()
    {
        var random = new Random(5);
        var read = 0;
        for (var trial = 0; trial < 20_000; trial++)
        {
            OutputTensor[] outputs = [.. Enumerable.Range(0, random.Next(1, 5)).Select(index => Output($"out{index}", random))];
            long[] categoryIds = [.. Enumerable.Range(1, random.Next(1, 5)).Select(id => (long)id)];
            try
            {
                var description = DetectorRecognition.Of(new DetectorProbe(outputs, 1, (64, 64)), Request(random), categoryIds);
                using var batch = new ImageBatch(
                    System.Buffers.ArrayPool<byte>.Shared.Rent(1),
                    [new CocoImage(1, "", 64, 64)],
                    [new LetterboxTransform(64, 64, 64, 64, 0, 0, 0, 0, 1, 1)],
                    64,
                    64);
                _ = new DetectionDecoder(new DetectionOptions(), categoryIds, description).Decode(outputs, batch);
                read++;
            }
            catch (DetectorException exception)
            {
                Assert.Contains("model", exception.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(read > 1000, $"{read} were read: the test tries too little");
    }

    private static DetectorRequest Request(Random random) => random.Next(3) > 0
        ? new DetectorRequest()
        : new DetectorRequest { Layout = DetectorFamilies.All.Keys.ElementAt(random.Next(DetectorFamilies.All.Count)) };

    private static OutputTensor Output(string name, Random random)
    {
        int[] shape = [1, .. Enumerable.Range(0, random.Next(0, 5)).Select(_ => Sizes[random.Next(Sizes.Length)])];
        var length = shape.Aggregate(1, (product, size) => product * size);
        if (length > 50_000)
        {
            return Output(name, random);
        }

        var (scale, offset) = random.Next(4) switch { 0 => (1f, 0f), 1 => (20f, -10f), 2 => (64f, 0f), _ => (0f, 0f) };
        return new OutputTensor(name, shape, Enumerable.Range(0, length).Select(_ => (random.NextSingle() * scale) + offset).ToArray());
    }
}
