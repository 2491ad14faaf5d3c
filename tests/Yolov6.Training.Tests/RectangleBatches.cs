using QatPipeline.Torch;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Training.Assigners;

namespace QatPipeline.Yolov6.Training.Tests;

/// <summary>Batches of images with one to three bright rectangles in one of the three colours, which are the classes.</summary>
internal sealed class RectangleBatches(int stepsPerEpoch, int batch, int size, bool varies = true) : ITrainingBatches
{
    public int StepsPerEpoch => stepsPerEpoch;

    public Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken) =>
        Task.FromResult(Draw(varies ? (ulong)((epoch * stepsPerEpoch) + step) : 0));

    private TrainingInput Draw(ulong seed)
    {
        var random = new WeightRandom(seed);
        var pixels = random.Uniform(batch * 3 * size * size, 0, 0.3);
        var labels = new List<IReadOnlyList<TargetBox>>();
        for (var image = 0; image < batch; image++)
        {
            var boxes = new List<TargetBox>();
            for (var left = 1 + Below(3); left > 0; left--)
            {
                var (width, height) = (12 + Below(20), 12 + Below(20));
                var (x, y, color) = (Below(size - width), Below(size - height), Below(3));
                for (var row = y; row < y + height; row++)
                {
                    pixels.AsSpan((((((image * 3) + color) * size) + row) * size) + x, width).Fill(1);
                }

                boxes.Add(new TargetBox(color, x, y, x + width, y + height));
            }

            labels.Add(boxes);
        }

        return new TrainingInput(new PixelBatch(pixels, batch, 3, size, size), new DetectionLabels(labels));

        int Below(int count) => (int)(random.NextDouble() * count);
    }
}
